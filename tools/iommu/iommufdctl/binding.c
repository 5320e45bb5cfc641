// SPDX-License-Identifier: GPL-2.0-only
/*
 * driver_override, unbind, drivers_probe: each step is undone if a later one
 * fails or a signal comes.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "binding.h"
#include "file.h"

static int set_override(const struct ctl *ctl, const char *bdf, const char *driver)
{
	char text[80];

	/* An empty line takes it away. */
	snprintf(text, sizeof(text), "%s\n", driver);
	return file_write(ctl, text, DEVICE_DIR "/%s/driver_override", bdf);
}

static void current_driver(const struct ctl *ctl, const char *bdf, char *driver,
			   size_t size)
{
	file_link(ctl, driver, size, DEVICE_DIR "/%s/driver", bdf);
}

/* No driver is as good as one that was taken away. */
static int take_driver(const struct ctl *ctl, const char *bdf)
{
	int rc = file_write(ctl, bdf, DEVICE_DIR "/%s/driver/unbind", bdf);

	return rc == -ENOENT || rc == -ENODEV ? 0 : rc;
}

int binding_restore(const struct ctl *ctl, const char *bdf,
		    const struct record *before)
{
	char driver[64];
	int rc;

	rc = set_override(ctl, bdf, before->override);
	current_driver(ctl, bdf, driver, sizeof(driver));
	if (!rc && strcmp(driver, before->driver)) {
		rc = take_driver(ctl, bdf);
		if (!rc && before->driver[0])
			rc = file_write(ctl, bdf, "/sys/bus/pci/drivers/%s/bind",
					before->driver);
	}
	if (!rc)
		return 0;
	current_driver(ctl, bdf, driver, sizeof(driver));
	return ctl_error(ctl_kind(rc),
			 "%s has the driver %s and not %s as before (%s); the kernel log says why it was refused, and 'echo %s > /sys/bus/pci/drivers_probe' tries again",
			 bdf, driver[0] ? driver : "none",
			 before->driver[0] ? before->driver : "none",
			 strerror(-rc), bdf);
}

static int came(int *signal)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;
	unsigned int i;

	sigpending(&set);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigismember(&set, ends[i]))
			*signal = ends[i];
	return *signal;
}

static int steps(const struct ctl *ctl, const char *bdf, const char *driver,
		 const char **step, int *signal)
{
	char now[64];
	int rc;

	*step = "write its driver_override";
	rc = set_override(ctl, bdf, driver);
	if (rc || came(signal))
		return rc;
	*step = "take it from its driver";
	rc = take_driver(ctl, bdf);
	if (rc || came(signal))
		return rc;
	*step = "offer it to the driver";
	rc = file_write(ctl, bdf, "/sys/bus/pci/drivers_probe");
	if (rc || came(signal))
		return rc;
	*step = "give it to the driver: that refused it, and the kernel log may say why";
	current_driver(ctl, bdf, now, sizeof(now));
	return strcmp(now, driver) ? -EINVAL : 0;
}

int binding_move(const struct ctl *ctl, const char *bdf, const char *driver,
		 const struct record *before, int *signal)
{
	const char *step;
	int rc = steps(ctl, bdf, driver, &step, signal), undone;

	if (!rc && !*signal)
		return CTL_OK;
	undone = binding_restore(ctl, bdf, before);
	if (*signal)
		return ctl_error(CTL_FAILED, "interrupted; %s %s with %s", bdf,
				 undone ? "should be" : "is again",
				 before->driver[0] ? before->driver : "no driver");
	return ctl_error(ctl_kind(rc),
			 "%s stays with %s: could not %s (%s)", bdf,
			 before->driver[0] ? before->driver : "no driver", step,
			 strerror(-rc));
}
