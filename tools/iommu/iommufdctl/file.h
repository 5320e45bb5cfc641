/* SPDX-License-Identifier: GPL-2.0-only */
/* Small files, links and folders of /sys, /proc and so on, below ctl->root. */
#ifndef IOMMUFDCTL_FILE_H
#define IOMMUFDCTL_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "ctl.h"

#define FILE_PATH 512
#define FILE_FORMAT(n) __attribute__((format(printf, n, n + 1)))

/* A sorted list of names in one folder. */
struct file_names {
	char **name;
	unsigned int num;
};

/* 0, or -ENAMETOOLONG. */
int file_path(const struct ctl *ctl, char path[FILE_PATH], const char *format, ...)
	FILE_FORMAT(3);
int file_exists(const struct ctl *ctl, const char *format, ...) FILE_FORMAT(2);
FILE *file_open(const struct ctl *ctl, const char *format, ...) FILE_FORMAT(2);
/* The first line, without its end. 0 or -errno; @buf is "" on an error. */
int file_line(const struct ctl *ctl, char *buf, size_t size, const char *format,
	      ...) FILE_FORMAT(4);
/* A number in hex, with or without 0x; 0 on an error. */
unsigned long long file_hex(const struct ctl *ctl, const char *format, ...)
	FILE_FORMAT(2);
/* The last part of what a link points to. 0 or -errno; @buf is "" then. */
int file_link(const struct ctl *ctl, char *buf, size_t size, const char *format,
	      ...) FILE_FORMAT(4);
/* 0 or -errno; nothing is in @names then. */
int file_list(const struct ctl *ctl, struct file_names *names,
	      const char *format, ...) FILE_FORMAT(3);
void file_list_free(struct file_names *names);
/* One write(), as sysfs wants it. 0 or -errno. */
int file_write(const struct ctl *ctl, const char *text, const char *format, ...)
	FILE_FORMAT(3);

#endif
