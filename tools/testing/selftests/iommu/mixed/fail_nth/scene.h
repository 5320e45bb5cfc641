/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands that are made to fail, and what each one finds before it. */
#ifndef IOMMU_SELFTEST_FAIL_NTH_SCENE_H
#define IOMMU_SELFTEST_FAIL_NTH_SCENE_H

#include <stddef.h>

#include "lib/mock.h"

#define MAX_DEVS 3
#define MAX_OWN 8
#define SCENE_PAGES 24
#define NPASIDS 2

struct scene {
	int fd;
	__u32 ioas;
	__u32 other;
	struct mock_dev dev[MAX_DEVS];
	__u32 hwpt[2];
	int access;
	/* Scattered pages, every second one from elsewhere. */
	char *va;
	__u64 length;
	char *thp;
	char *untouched;
	size_t page;
	/* What the command made. */
	__u32 made;
	__u64 iova;
	/* More objects, in the order of their creation, and files of them. */
	__u32 own[MAX_OWN];
	unsigned int nown;
	int file[MAX_OWN];
	unsigned int nfiles;
	/* dev[0] is attached to one of the objects, or PASIDs of it are. */
	int moved;
	int pasids;
	/* What the commands of a group share. */
	__u32 id;
	__u32 id2;
	int queue;
	int memory;
	__u64 memory_size;
	void *window;
	size_t window_size;
	/* Kept from one repetition to the next. */
	int kept;
};

/* The effect of the command stays when only its answer cannot be written. */
#define KEEPS 1
/* The command may have no step that can fail. */
#define IDLE 2
/* A new device is probed: without memory it comes out without an IOMMU. */
#define PROBES 4
/* The scene uses memory in 2 MiB pages. */
#define HUGE_FILE 8
/* Memory is charged to the process: it must not be exempt. */
#define CHARGES 16

struct command {
	const char *name;
	void (*prepare)(struct scene *s);
	int (*run)(struct scene *s);
	unsigned int flags;
};

extern const struct command basic_commands[];
extern const size_t basic_ncommands;
extern const struct command file_commands[];
extern const size_t file_ncommands;
extern const struct command guest_commands[];
extern const size_t guest_ncommands;
extern const struct command event_commands[];
extern const size_t event_ncommands;
extern const struct command pasid_commands[];
extern const size_t pasid_ncommands;
extern const struct command container_commands[];
extern const size_t container_ncommands;

/* Two IOAS; with a device on the first; with the memory mapped there. */
void scene_two_ioas(struct scene *s);
void scene_device(struct scene *s);
void scene_mapped(struct scene *s);

/* Destroyed or closed at the end, in reverse order. */
__u32 scene_own(struct scene *s, __u32 id);
int scene_own_file(struct scene *s, int file);

/* Needs a huge page below s->thp. */
int run_map_huge(struct scene *s);

#endif
