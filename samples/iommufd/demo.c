// SPDX-License-Identifier: GPL-2.0-only
/*
 * iommufd-demo: real DMA through /dev/iommu, each step in a line.
 *
 * A client of the public uAPI (linux/iommufd.h, linux/vfio.h), by way of
 * tools/lib/iommufd. See README for what it shows and prints.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dma.h"
#include "mem.h"
#include "pci.h"
#include "step.h"
#include "trial.h"

#define FUNCS_MAX	64

struct options {
	unsigned int require;	/* devices that must be tried */
	const char *bdf;	/* only this one; NULL: all */
	struct trial_options trial;
};

static void print_help(FILE *out)
{
	fputs("usage: iommufd-demo [--device BDF] [--require N] [--hitless]\n"
	      "                    [--no-fault-log]\n"
	      "\n"
	      "Shows DMA by emulated devices through /dev/iommu. Run it as root in a\n"
	      "virtual machine with an IOMMU: it takes the devices from their drivers.\n"
	      "\n"
	      "  --device BDF   try only this device, e.g. 0000:01:00.0\n"
	      "  --require N    fail unless N devices were tried (default 1)\n"
	      "  --hitless      fail if replacing the attachment disturbs a transfer\n"
	      "  --no-fault-log the device is one of the host's, passed on to this virtual\n"
	      "                 machine: the host's log tells of faults, not ours\n"
	      "  --help         print this text\n"
	      "\n"
	      "Devices it can drive: igb (8086:10c9), edu (1234:11e8).\n"
	      "The last line is PASS, or FAIL with the step. Exit status: 0 for PASS,\n"
	      "1 for FAIL, 2 for wrong options.\n", out);
}

/* Returns -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct options *options)
{
	static const struct option names[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "require", required_argument, NULL, 'r' },
		{ "hitless", no_argument, NULL, 't' },
		{ "no-fault-log", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char *rest;
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'd':
			options->bdf = optarg;
			break;
		case 'r':
			options->require = strtoul(optarg, &rest, 10);
			if (*rest || !options->require) {
				fputs("--require takes a number from 1\n",
				      stderr);
				return 2;
			}
			break;
		case 't':
			options->trial.hitless = 1;
			break;
		case 'n':
			options->trial.no_fault_log = 1;
			break;
		case 'h':
			print_help(stdout);
			return 0;
		default:
			print_help(stderr);
			return 2;
		}
	}
	if (optind != argc) {
		print_help(stderr);
		return 2;
	}
	return -1;
}

static int wanted(const struct options *options, const struct pci_func *func)
{
	if (options->bdf)
		return !strcmp(options->bdf, func->bdf);
	return !!dma_driver_find(func->vendor, func->device);
}

static int try_one(struct pci_func *func, const struct options *options)
{
	const struct dma_driver *driver;

	driver = dma_driver_find(func->vendor, func->device);
	if (!driver)
		return step_fail(0, "choose one that --help lists",
				 "%s is %04x:%04x, which the demo cannot drive",
				 func->bdf, func->vendor, func->device);
	return trial_run(func, driver, &options->trial);
}

static int try_all(const struct options *options)
{
	struct pci_func funcs[FUNCS_MAX];
	unsigned int tried = 0;
	int count, i;

	if (step_begin("find devices"))
		return -1;
	count = pci_func_scan(funcs, FUNCS_MAX);
	if (count < 0)
		return step_fail(-count, "mount sysfs on /sys",
				 "cannot list the PCI devices");
	for (i = 0; i < count; i++) {
		if (!wanted(options, &funcs[i]))
			continue;
		if (try_one(&funcs[i], options))
			return -1;
		tried++;
	}
	if (step_begin("find devices"))
		return -1;
	if (options->bdf && !tried)
		return step_fail(0,
				 "look into /sys/bus/pci/devices; write it as there",
				 "there is no PCI device %s", options->bdf);
	if (tried < options->require)
		return step_fail(0,
				 "give the virtual machine -device igb behind a pcie-root-port, and -device edu",
				 "%u devices tried, %u required", tried,
				 options->require);
	step_say("%u devices tried", tried);
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = { .require = 1 };
	int status = parse(argc, argv, &options);

	if (status >= 0)
		return status;
	step_init();
	if (!step_begin("reserve hugetlb pages") &&
	    !mem_reserve_hugetlb(TRIAL_HUGETLB_PAGES))
		try_all(&options);
	mem_restore_hugetlb();
	return step_verdict();
}
