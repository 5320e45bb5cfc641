/* SPDX-License-Identifier: GPL-2.0-only */
/* A context of /dev/iommu, from the fdinfo of its file. */
#ifndef IOMMUFDCTL_CONTEXT_H
#define IOMMUFDCTL_CONTEXT_H

#include "ctl.h"
#include "process.h"

#define OBJECT_WORDS 16

/* Documentation/userspace-api/iommufd/fdinfo.rst: words, some with a number. */
struct object_word {
	char name[24];
	int has_value;
	unsigned long long value;
};

struct object {
	char kind[16];		/* "ioas", "hwpt", "device", "fault", "veventq" */
	unsigned int id;
	char device[64];	/* of a device: its name */
	struct object_word word[OBJECT_WORDS];
	unsigned int num;
};

struct context {
	long pid;
	int fd;
	char process[PROCESS_NAME];
	char charge[16];	/* "" where the kernel says nothing of objects */
	unsigned int left_out;	/* objects without a line */
	char counts[256];	/* "ioas 1 hwpt_paging 2": all of them */
	struct object *object;
	unsigned int num;
};

/* 0 or -errno. */
int context_read(const struct ctl *ctl, struct context *context, long pid,
		 const char *fd);
void context_free(struct context *context);

/* The number of a word; 0 if it is missing. */
unsigned long long object_value(const struct object *object, const char *word);
int object_has(const struct object *object, const char *word);
/* The sum of a word over all objects of a kind. */
unsigned long long context_sum(const struct context *context, const char *kind,
			       const char *word);

typedef int context_fn(const struct ctl *ctl, struct context *context, void *arg);
/*
 * Calls @fn for each context of process @pid, or with 0 of all. Returns how
 * many there were, or -errno.
 */
int context_each(const struct ctl *ctl, long pid, context_fn *fn, void *arg,
		 unsigned int *hidden);

/* "4.0 GiB" */
#define SIZE_TEXT 16
const char *size_text(unsigned long long bytes, char buf[SIZE_TEXT]);

#endif
