// SPDX-License-Identifier: GPL-2.0-only
/*
 * vtd-sim: simulated VT-d units and functions from the command line.
 *
 * Speaks to /dev/vtd-sim, and rings the doorbell of a function through its config
 * space in sysfs. See Documentation/driver-api/vtd/sim.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vtd-sim.h"

#define NODE "/dev/vtd-sim"

static const char usage[] =
	"usage: vtd-sim unit add PROFILE [-CAP,...] [keep-all|keep-none|seeded [SEED]]\n"
	"       vtd-sim unit remove UNIT\n"
	"       vtd-sim function add UNIT [engine|itest] [-ats|-pasid|-pri]...\n"
	"       vtd-sim function remove UNIT SLOT\n"
	"       vtd-sim behave UNIT SLOT [ignore|keep|twice|forge|flood|ask-again|\n"
	"                               late=READS]...\n"
	"       vtd-sim counters|trace|stale UNIT\n"
	"       vtd-sim dma BDF read|write|fetch|page ADDRESS [BYTES] [pasid=N] [ats]\n"
	"\n"
	"PROFILE: legacy second first full full-cm full-incoherent\n"
	"CAP: a capability that the unit lacks: -nest,-prs\n"
	"dma: BYTES from memory into the function (read) or back, by its bus master\n"
	"\n"
	"Exit status: 1 the command is wrong, 2 the kernel refused it, 3 the DMA was\n"
	"not done. Needs CONFIG_INTEL_IOMMU_SIM, vtd_sim=8M, and root.\n";

static const char *const profiles[VTD_SIM_PROFILES] = {
	[VTD_SIM_LEGACY] = "legacy",
	[VTD_SIM_SECOND] = "second",
	[VTD_SIM_FIRST] = "first",
	[VTD_SIM_FULL] = "full",
	[VTD_SIM_FULL_CM] = "full-cm",
	[VTD_SIM_FULL_INCOHERENT] = "full-incoherent",
};

static const char *const retentions[] = {
	[VTD_SIM_KEEP_ALL] = "keep-all",
	[VTD_SIM_KEEP_NONE] = "keep-none",
	[VTD_SIM_KEEP_SEEDED] = "seeded",
};

static int wrong(const char *what, const char *arg)
{
	fprintf(stderr, "vtd-sim: %s '%s'; 'vtd-sim help' says what there is\n", what, arg);
	return USAGE;
}

/* Which of @names is @arg? -1 for none. */
static int find(const char *const *names, size_t n, const char *arg)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (names[i] && !strcmp(names[i], arg))
			return i;
	}
	return -1;
}

static int parse(const char *arg, unsigned long long max, unsigned long long *value)
{
	char *end;

	errno = 0;
	*value = strtoull(arg, &end, 0);
	if (errno || end == arg || *end || *arg == '-' || *value > max)
		return wrong("not a number, or too large:", arg);
	return OK;
}

static int ask(unsigned long request, void *arg, const char *what)
{
	int fd = open(NODE, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		fprintf(stderr, "vtd-sim: " NODE ": %s%s\n", strerror(errno),
			errno == ENOENT ? " (needs CONFIG_INTEL_IOMMU_SIM, and vtd_sim=8M)" :
			errno == EPERM || errno == EACCES ? " (only root may)" : "");
		return REFUSED;
	}
	if (ioctl(fd, request, arg)) {
		fprintf(stderr, "vtd-sim: %s: %s%s\n", what, strerror(errno),
			errno == EBUSY ? " (functions are behind it, or a driver is bound)" :
			errno == EINVAL ? " (dmesg says why)" :
			errno == ENOENT ? " (there is no such unit or slot)" : "");
		close(fd);
		return REFUSED;
	}
	close(fd);
	return OK;
}

static int unit_add(int argc, char **argv)
{
	struct vtd_sim_unit_add how = { .size = sizeof(how) };
	unsigned long long seed;
	int i, rc, found = argc ? find(profiles, ARRAY_SIZE(profiles), argv[0]) : -1;

	if (found < 0)
		return wrong("no such profile:", argc ? argv[0] : "");
	how.profile = found;
	for (i = 1; i < argc; i++) {
		if (argv[i][0] == '-') {
			if (snprintf(how.caps, sizeof(how.caps), "%s", argv[i]) >=
			    (int)sizeof(how.caps))
				return wrong("too long:", argv[i]);
			continue;
		}
		found = find(retentions, ARRAY_SIZE(retentions), argv[i]);
		if (found >= 0) {
			how.retention = found;
			continue;
		}
		rc = parse(argv[i], ULLONG_MAX, &seed);
		if (rc)
			return rc;
		how.seed = seed;
	}
	rc = ask(VTD_SIM_UNIT_ADD, &how, "unit add");
	if (!rc)
		printf("unit %u segment %04x\n", how.out_unit, how.out_segment);
	return rc;
}

#define SEGMENT_FIRST	0xe000
#define SEGMENTS	16
#define SLOTS		32

static void format_address(char *out, size_t size, int segment, unsigned int slot)
{
	snprintf(out, size, "%04x:00:%02x.0", SEGMENT_FIRST + segment, slot);
}

/* Functions that are there: the new one is what was not there before. */
static void look_around(bool there[SEGMENTS][SLOTS])
{
	char path[64] = "/sys/bus/pci/devices/";
	size_t dir = strlen(path);
	unsigned int slot;
	int segment;

	for (segment = 0; segment < SEGMENTS; segment++) {
		for (slot = 0; slot < SLOTS; slot++) {
			format_address(path + dir, sizeof(path) - dir, segment, slot);
			there[segment][slot] = !access(path, F_OK);
		}
	}
}

static void print_new(bool before[SEGMENTS][SLOTS], unsigned int slot)
{
	static bool now[SEGMENTS][SLOTS];
	char address[16];
	int segment;

	look_around(now);
	for (segment = 0; segment < SEGMENTS; segment++) {
		if (!now[segment][slot % SLOTS] || before[segment][slot % SLOTS])
			continue;
		format_address(address, sizeof(address), segment, slot % SLOTS);
		printf("slot %u address %s\n", slot, address);
		return;
	}
	printf("slot %u\n", slot);
}

static int function_add(int argc, char **argv)
{
	static const char *const types[] = { [VTD_SIM_ENGINE] = "engine",
					     [VTD_SIM_ITEST] = "itest" };
	static const char *const lacks[] = { "-ats", "-pasid", "-pri" };
	static bool before[SEGMENTS][SLOTS];
	struct vtd_sim_function_add how = { .size = sizeof(how) };
	unsigned long long unit;
	int i, rc, found;

	if (!argc)
		return wrong("which unit?", "");
	rc = parse(argv[0], UINT_MAX, &unit);
	if (rc)
		return rc;
	how.unit = unit;
	for (i = 1; i < argc; i++) {
		found = find(types, ARRAY_SIZE(types), argv[i]);
		if (found >= 0) {
			how.type = found;
			continue;
		}
		found = find(lacks, ARRAY_SIZE(lacks), argv[i]);
		if (found < 0)
			return wrong("neither a type nor what it lacks:", argv[i]);
		how.flags |= VTD_SIM_FUNCTION_NO_ATS << found;
	}
	look_around(before);
	rc = ask(VTD_SIM_FUNCTION_ADD, &how, "function add");
	if (!rc)
		print_new(before, how.out_slot);
	return rc;
}

/* UNIT, or UNIT SLOT */
static int place(int argc, char **argv, int want, __u32 *unit, __u32 *slot)
{
	unsigned long long value;
	int rc;

	if (argc < want)
		return wrong(want == 1 ? "which unit?" : "which unit and slot?", "");
	rc = parse(argv[0], UINT_MAX, &value);
	if (rc)
		return rc;
	*unit = value;
	if (want == 1)
		return OK;
	rc = parse(argv[1], UINT_MAX, &value);
	*slot = value;
	return rc;
}

static int unit_remove(int argc, char **argv)
{
	struct vtd_sim_unit_remove gone = { .size = sizeof(gone) };

	return place(argc, argv, 1, &gone.unit, NULL) ?:
	       ask(VTD_SIM_UNIT_REMOVE, &gone, "unit remove");
}

static int function_remove(int argc, char **argv)
{
	struct vtd_sim_function_remove gone = { .size = sizeof(gone) };

	return place(argc, argv, 2, &gone.unit, &gone.slot) ?:
	       ask(VTD_SIM_FUNCTION_REMOVE, &gone, "function remove");
}

static int behave(int argc, char **argv)
{
	static const char *const ways[] = {
		"ignore", "keep", "twice", "forge", "flood", "ask-again",
	};
	struct vtd_sim_behave how = { .size = sizeof(how) };
	unsigned long long late;
	int i, found, rc = place(argc, argv, 2, &how.unit, &how.slot);

	if (rc)
		return rc;
	for (i = 2; i < argc; i++) {
		found = find(ways, ARRAY_SIZE(ways), argv[i]);
		if (found >= 0) {
			how.flags |= VTD_SIM_IGNORE_INVALIDATIONS << found;
			continue;
		}
		if (strncmp(argv[i], "late=", 5))
			return wrong("no such behaviour:", argv[i]);
		rc = parse(argv[i] + 5, UINT_MAX, &late);
		if (rc)
			return rc;
		how.late = late;
	}
	return ask(VTD_SIM_BEHAVE, &how, "behave");
}

static int show_counters(int argc, char **argv)
{
	struct vtd_sim_counters c = { .size = sizeof(c) };
	int rc = place(argc, argv, 1, &c.unit, NULL) ?:
		  ask(VTD_SIM_COUNTERS, &c, "counters");

	if (rc)
		return rc;
#define SHOW(what) printf("%-16s %llu\n", #what, (unsigned long long)c.what)
	SHOW(requests);
	SHOW(faults);
	SHOW(stale);
	SHOW(stale_device);
	SHOW(invalidations);
	SHOW(page_requests);
	SHOW(responses);
	SHOW(refusals);
	SHOW(strays);
	SHOW(streamed);
	SHOW(stale_streamed);
	SHOW(mixed);
	SHOW(torn);
	SHOW(misuse);
	SHOW(dropped);
	SHOW(events);
	SHOW(reads);
	SHOW(writes);
#undef SHOW
	return OK;
}

static int show_trace(int argc, char **argv)
{
	static const char *const accesses[] = { "write", "read", "page request", "atomic" };
	static const char *const ats[] = { "", ", translation request", ", translated" };
	static struct vtd_sim_trace entries[VTD_SIM_LOG_MAX];
	struct vtd_sim_log log = {
		.size = sizeof(log), .entries = (unsigned long)entries,
		.nr = VTD_SIM_LOG_MAX,
	};
	int rc = place(argc, argv, 1, &log.unit, NULL) ?: ask(VTD_SIM_TRACE, &log, "trace");
	__u32 i;

	if (rc)
		return rc;
	for (i = 0; i < log.nr; i++) {
		const struct vtd_sim_trace *t = &entries[i];

		printf("%02x:%02x.%x", t->source >> 8, t->source >> 3 & 31, t->source & 7);
		if (t->has_pasid)
			printf(" pasid %u", t->pasid);
		printf(" %s of %u bytes at %#llx%s: ",
		       t->access < ARRAY_SIZE(accesses) ? accesses[t->access] : "access",
		       t->nbytes, (unsigned long long)t->addr,
		       t->at < ARRAY_SIZE(ats) ? ats[t->at] : "");
		if (t->verdict)
			printf("refused, fault reason %#x", t->reason);
		else
			printf("-> %#llx", (unsigned long long)t->host);
		puts(t->stale ? ", by STALE entries" : "");
	}
	return OK;
}

static int show_stale(int argc, char **argv)
{
	static const char *const caches[] = {
		"context cache", "PASID cache", "IOTLB", "second-stage levels",
		"first-stage levels", "interrupt cache", "device TLB",
	};
	static struct vtd_sim_stale entries[VTD_SIM_LOG_MAX];
	struct vtd_sim_log log = {
		.size = sizeof(log), .entries = (unsigned long)entries,
		.nr = VTD_SIM_LOG_MAX,
	};
	int rc = place(argc, argv, 1, &log.unit, NULL) ?: ask(VTD_SIM_STALE, &log, "stale");
	__u32 i;

	if (rc)
		return rc;
	if (!log.nr)
		puts("no stale hit");
	for (i = 0; i < log.nr; i++) {
		const struct vtd_sim_stale *s = &entries[i];

		printf("%s, %02x:%02x.%x, domain %u, pasid %u, address %#llx\n"
		       "  the word at %#llx was %#llx when it was cached and is %#llx\n"
		       "  this would have removed it: %016llx %016llx\n",
		       s->cache < ARRAY_SIZE(caches) ? caches[s->cache] : "cache",
		       s->source >> 8, s->source >> 3 & 31, s->source & 7, s->domain, s->pasid,
		       (unsigned long long)s->addr, (unsigned long long)s->word_addr,
		       (unsigned long long)s->was, (unsigned long long)s->now,
		       (unsigned long long)s->needed[0], (unsigned long long)s->needed[1]);
	}
	return OK;
}

static int run_dma(int argc, char **argv)
{
	static const char *const ops[] = {
		[VTD_SIM_OP_READ] = "read", [VTD_SIM_OP_WRITE] = "write",
		[VTD_SIM_OP_PAGE] = "page", [VTD_SIM_OP_FETCH] = "fetch",
	};
	unsigned long long addr, nbytes = 4096, pasid = 0;
	char path[64];
	int i, fd, rc, op;
	__u32 command;
	off_t at;

	if (argc < 3)
		return wrong("dma BDF OPERATION ADDRESS, not", argc ? argv[0] : "");
	op = find(ops, ARRAY_SIZE(ops), argv[1]);
	if (op < 0)
		return wrong("no such operation:", argv[1]);
	command = op;
	rc = parse(argv[2], ULLONG_MAX, &addr);
	for (i = 3; i < argc && !rc; i++) {
		if (!strcmp(argv[i], "ats")) {
			command |= VTD_SIM_OP_ATS;
		} else if (!strncmp(argv[i], "pasid=", 6)) {
			command |= VTD_SIM_OP_PASID;
			rc = parse(argv[i] + 6, (1 << 20) - 1, &pasid);
		} else {
			rc = parse(argv[i], VTD_SIM_OP_BYTES, &nbytes);
		}
	}
	if (rc)
		return rc;
	if (strspn(argv[0], "0123456789abcdef:.") != strlen(argv[0]) ||
	    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/config", argv[0]) >=
	    (int)sizeof(path))
		return wrong("not an address like e000:00:01.0:", argv[0]);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		fprintf(stderr, "vtd-sim: %s: %s\n", path, strerror(errno));
		return REFUSED;
	}
	at = doorbell_find(fd);
	if (at < 0) {
		fprintf(stderr, "vtd-sim: %s is no simulated function\n", argv[0]);
		rc = REFUSED;
	} else {
		rc = doorbell_ring(fd, at, command, addr, nbytes, pasid);
	}
	close(fd);
	return rc;
}

static const struct {
	const char *noun, *verb;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "unit", "add", unit_add },
	{ "unit", "remove", unit_remove },
	{ "function", "add", function_add },
	{ "function", "remove", function_remove },
	{ "behave", NULL, behave },
	{ "counters", NULL, show_counters },
	{ "trace", NULL, show_trace },
	{ "stale", NULL, show_stale },
	{ "dma", NULL, run_dma },
};

int main(int argc, char **argv)
{
	size_t i;

	if (argc < 2 || !strcmp(argv[1], "help") || !strcmp(argv[1], "--help")) {
		fputs(usage, argc < 2 ? stderr : stdout);
		return argc < 2 ? USAGE : OK;
	}
	for (i = 0; i < ARRAY_SIZE(verbs); i++) {
		int skip = verbs[i].verb ? 3 : 2;

		if (strcmp(argv[1], verbs[i].noun) ||
		    (verbs[i].verb && (argc < 3 || strcmp(argv[2], verbs[i].verb))))
			continue;
		return verbs[i].run(argc - skip, argv + skip);
	}
	return wrong("no such command:", argv[1]);
}
