// SPDX-License-Identifier: GPL-2.0-only
/* iommufdctl bind and unbind: devices go to a VFIO driver and come back. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "binding.h"
#include "device.h"
#include "file.h"
#include "json.h"
#include "record.h"
#include "verdict.h"

#define DEVICES 32

struct job {
	struct device dev;
	struct record before;
	int done;		/* moved by us */
};

static int need_root(const struct ctl *ctl, const char *what)
{
	if (!geteuid() || ctl->root[0])
		return CTL_OK;
	return ctl_error(CTL_RIGHTS, "only root may %s a device; try sudo iommufdctl %s ...",
			 what, what);
}

static int check_driver(const struct ctl *ctl, const char *driver)
{
	if (file_exists(ctl, "/sys/bus/pci/drivers/%s", driver))
		return CTL_OK;
	return ctl_error(CTL_UNSUPPORTED,
			 "the kernel has no driver %s; load it by 'modprobe %s', or build the kernel with CONFIG_VFIO_PCI",
			 driver, driver);
}

static int check_device(const struct ctl *ctl, const struct device *dev, int force)
{
	char unsafe[8], why[96];

	file_line(ctl, unsafe, sizeof(unsafe),
		  "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode");
	if (dev->is_bridge)
		return ctl_error(CTL_NO,
				 "%s is a bridge, which no program can drive; bind the devices behind it",
				 dev->bdf);
	if (!dev->group[0] && unsafe[0] != 'Y')
		return ctl_error(CTL_NO,
				 "%s has no IOMMU group: nothing translates its DMA; 'iommufdctl check %s' says what to change",
				 dev->bdf, dev->bdf);
	if (!force && device_in_use(ctl, dev, why, sizeof(why)))
		return ctl_error(CTL_BUSY,
				 "%s is in use: %s; stop that first, or take it away all the same with -f",
				 dev->bdf, why);
	return CTL_OK;
}

/* Nothing is changed before everything that can be checked is. */
static int prepare(const struct ctl *ctl, struct job *jobs, int num, char **bdfs,
		   const char *driver, int force)
{
	int i, rc = CTL_OK;

	memset(jobs, 0, sizeof(*jobs) * (size_t)num);
	for (i = 0; !rc && i < num; i++)
		rc = device_find(ctl, &jobs[i].dev, bdfs[i]);
	rc = rc ? rc : check_driver(ctl, driver);
	for (i = 0; !rc && i < num; i++) {
		struct job *job = &jobs[i];

		if (!strcmp(job->dev.driver, driver))
			continue;
		rc = check_device(ctl, &job->dev, force);
		strcpy(job->before.driver, job->dev.driver);
		strcpy(job->before.override, job->dev.override);
	}
	return rc;
}

static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int bind_one(const struct ctl *ctl, struct job *job, const char *driver,
		    int *signal)
{
	int rc;

	/* Bound already: what it had before is in the record, if anywhere. */
	if (!strcmp(job->dev.driver, driver))
		return CTL_OK;
	rc = record_save(ctl, job->dev.bdf, &job->before);
	if (rc)
		return ctl_error(ctl_kind(rc),
				 "%s stays as it is: what to undo cannot be written to %s/run/iommufdctl (%s)",
				 job->dev.bdf, ctl->root, strerror(-rc));
	rc = binding_move(ctl, job->dev.bdf, driver, &job->before, signal);
	if (rc)
		record_remove(ctl, job->dev.bdf);
	else
		job->done = 1;
	return rc;
}

static void tell(const struct ctl *ctl, struct job *jobs, int num)
{
	int i;

	if (ctl->json)
		json_open(NULL, '[');
	for (i = 0; i < num; i++) {
		struct device *dev = &jobs[i].dev;
		struct verdict verdict;

		device_read(ctl, dev, dev->bdf);
		if (ctl->json) {
			json_open(NULL, '{');
			json_text("device", dev->bdf);
			json_text("driver", dev->driver);
			json_text("before", jobs[i].before.driver);
			json_text("node", dev->node);
			json_close('}');
			continue;
		}
		printf("%s: driver %s", dev->bdf,
		       dev->driver[0] ? dev->driver : "none");
		if (dev->node[0])
			printf(", /dev/vfio/devices/%s", dev->node);
		putchar('\n');
		if (!is_vfio_driver(dev->driver))
			continue;
		verdict_of(ctl, dev, &verdict);
		if (verdict.num)
			ctl_note("%s is bound, but not usable: %s; see 'iommufdctl check %s'",
				 dev->bdf, verdict.obstacle[0].cause, dev->bdf);
		else if (!dev->node[0])
			ctl_note("%s has only /dev/vfio/%s: no CONFIG_VFIO_DEVICE_CDEV",
				 dev->bdf, dev->group);
	}
	if (ctl->json) {
		json_close(']');
		json_end();
	}
}

static int run_bind(struct ctl *ctl, int argc, char **argv)
{
	const char *driver = "vfio-pci", *value;
	struct job jobs[DEVICES];
	int force = 0, signal = 0, i, num, c, rc;

	while ((c = ctl_option(argc, argv, "+d:fh", &value))) {
		if (c == 'd')
			driver = value;
		else if (c == 'f')
			force = 1;
		else
			return c == 'h' ? ctl_usage(&cmd_bind) : CTL_USAGE;
	}
	num = argc - ctl_rest();
	if (num < 1 || num > DEVICES)
		return ctl_usage(&cmd_bind);
	rc = prepare(ctl, jobs, num, argv + ctl_rest(), driver, force);
	rc = rc ? rc : need_root(ctl, "bind");
	if (rc)
		return rc;
	block_signals();
	for (i = 0; !rc && i < num; i++)
		rc = bind_one(ctl, &jobs[i], driver, &signal);
	if (!rc) {
		tell(ctl, jobs, num);
		return CTL_OK;
	}
	while (i--) {
		if (!jobs[i].done)
			continue;
		if (!binding_restore(ctl, jobs[i].dev.bdf, &jobs[i].before))
			ctl_note("%s is again with %s", jobs[i].dev.bdf,
				 jobs[i].before.driver[0] ?
				 jobs[i].before.driver : "no driver");
		record_remove(ctl, jobs[i].dev.bdf);
	}
	return signal ? 128 + signal : rc;
}

/* Without a record: the driver that the kernel chooses. */
static int unbind_one(const struct ctl *ctl, struct job *job)
{
	const char *bdf = job->dev.bdf;
	int rc;

	if (!record_load(ctl, bdf, &job->before)) {
		rc = binding_restore(ctl, bdf, &job->before);
		if (!rc)
			record_remove(ctl, bdf);
		return rc;
	}
	rc = binding_restore(ctl, bdf, &job->before);
	if (!rc && file_write(ctl, bdf, "/sys/bus/pci/drivers_probe"))
		ctl_note("no driver of the machine wants %s", bdf);
	return rc;
}

static int run_unbind(struct ctl *ctl, int argc, char **argv)
{
	struct job jobs[DEVICES];
	char why[96];
	int i, num, c, rc = 0;

	while ((c = ctl_option(argc, argv, "+h", NULL)))
		return c == 'h' ? ctl_usage(&cmd_unbind) : CTL_USAGE;
	num = argc - ctl_rest();
	if (num < 1 || num > DEVICES)
		return ctl_usage(&cmd_unbind);
	memset(jobs, 0, sizeof(jobs));
	for (i = 0; !rc && i < num; i++) {
		struct device *dev = &jobs[i].dev;

		rc = device_find(ctl, dev, argv[ctl_rest() + i]);
		if (!rc && !is_vfio_driver(dev->driver))
			rc = ctl_error(CTL_NO,
				       "%s has the driver %s, which is none of VFIO's: there is nothing to undo",
				       dev->bdf,
				       dev->driver[0] ? dev->driver : "none");
		/* The kernel would wait until that closes it. */
		else if (!rc && device_in_use(ctl, dev, why, sizeof(why)))
			rc = ctl_error(CTL_BUSY,
				       "%s is in use: %s; end that first",
				       dev->bdf, why);
	}
	rc = rc ? rc : need_root(ctl, "unbind");
	if (rc)
		return rc;
	/* Each device that was begun is done to its end. */
	block_signals();
	for (i = 0; !rc && i < num; i++)
		rc = unbind_one(ctl, &jobs[i]);
	if (!rc)
		tell(ctl, jobs, num);
	return rc;
}

const struct ctl_command cmd_bind = {
	.name = "bind",
	.args = "[-f] [-d DRIVER] BDF...",
	.what = "give devices to vfio-pci",
	.run = run_bind,
	.details =
"  -d DRIVER   another driver than vfio-pci\n"
"  -f          also if a network interface is up, or a disk is mounted\n"
"All devices or none: what was done is undone if a later step fails, or on\n"
"Ctrl-C. /run/iommufdctl remembers what 'unbind' gives back.",
};

const struct ctl_command cmd_unbind = {
	.name = "unbind",
	.args = "BDF...",
	.what = "give devices back to the drivers they had",
	.run = run_unbind,
	.details =
"Undoes 'bind': driver and driver_override are as before. A device that was\n"
"bound otherwise goes to the driver that the kernel chooses for it.",
};
