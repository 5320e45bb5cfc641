// SPDX-License-Identifier: GPL-2.0-only
/* Reading and writing what the kernel shows as files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

static int make_path(const struct ctl *ctl, char path[FILE_PATH],
		     const char *format, va_list args)
{
	int n = snprintf(path, FILE_PATH, "%s", ctl->root);
	int m;

	if (n >= FILE_PATH)
		return -ENAMETOOLONG;
	m = vsnprintf(path + n, (size_t)(FILE_PATH - n), format, args);
	return n + m >= FILE_PATH ? -ENAMETOOLONG : 0;
}

#define PATH(path, rc, ctl, format)				\
	do {							\
		va_list args;					\
								\
		va_start(args, format);				\
		rc = make_path(ctl, path, format, args);	\
		va_end(args);					\
	} while (0)

int file_path(const struct ctl *ctl, char path[FILE_PATH], const char *format, ...)
{
	int rc;

	PATH(path, rc, ctl, format);
	return rc;
}

int file_exists(const struct ctl *ctl, const char *format, ...)
{
	char path[FILE_PATH];
	int rc;

	PATH(path, rc, ctl, format);
	return !rc && !access(path, F_OK);
}

FILE *file_open(const struct ctl *ctl, const char *format, ...)
{
	char path[FILE_PATH];
	int rc;

	PATH(path, rc, ctl, format);
	if (rc) {
		errno = -rc;
		return NULL;
	}
	return fopen(path, "re");
}

static int read_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "re");

	if (!f)
		return -errno;
	errno = 0;
	if (!fgets(buf, (int)size, f)) {
		int rc = ferror(f) ? -errno : 0;

		buf[0] = 0;
		fclose(f);
		return rc;
	}
	fclose(f);
	buf[strcspn(buf, "\n")] = 0;
	return 0;
}

int file_line(const struct ctl *ctl, char *buf, size_t size, const char *format,
	      ...)
{
	char path[FILE_PATH];
	int rc;

	buf[0] = 0;
	PATH(path, rc, ctl, format);
	return rc ? rc : read_line(path, buf, size);
}

unsigned long long file_hex(const struct ctl *ctl, const char *format, ...)
{
	char path[FILE_PATH], text[64] = "";
	int rc;

	PATH(path, rc, ctl, format);
	if (rc || read_line(path, text, sizeof(text)))
		return 0;
	return strtoull(text, NULL, 16);
}

int file_link(const struct ctl *ctl, char *buf, size_t size, const char *format,
	      ...)
{
	char path[FILE_PATH], target[PATH_MAX];
	const char *name;
	ssize_t n;
	int rc;

	buf[0] = 0;
	PATH(path, rc, ctl, format);
	if (rc)
		return rc;
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = 0;
	name = strrchr(target, '/');
	name = name ? name + 1 : target;
	if (strlen(name) >= size)
		return -ENAMETOOLONG;
	strcpy(buf, name);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static int add_name(struct file_names *names, const char *name)
{
	char **more = realloc(names->name, (names->num + 1) * sizeof(*more));

	if (!more)
		return -ENOMEM;
	names->name = more;
	more[names->num] = strdup(name);
	if (!more[names->num])
		return -ENOMEM;
	names->num++;
	return 0;
}

int file_list(const struct ctl *ctl, struct file_names *names,
	      const char *format, ...)
{
	char path[FILE_PATH];
	struct dirent *entry;
	DIR *stream;
	int rc;

	*names = (struct file_names){ .num = 0 };
	PATH(path, rc, ctl, format);
	if (rc)
		return rc;
	stream = opendir(path);
	if (!stream)
		return -errno;
	while (!rc && (entry = readdir(stream)))
		if (entry->d_name[0] != '.')
			rc = add_name(names, entry->d_name);
	closedir(stream);
	if (rc)
		file_list_free(names);
	else if (names->num)
		qsort(names->name, names->num, sizeof(*names->name), by_name);
	return rc;
}

void file_list_free(struct file_names *names)
{
	while (names->num)
		free(names->name[--names->num]);
	free(names->name);
	names->name = NULL;
}

int file_write(const struct ctl *ctl, const char *text, const char *format, ...)
{
	char path[FILE_PATH];
	ssize_t done;
	int fd, rc;

	PATH(path, rc, ctl, format);
	if (rc)
		return rc;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	done = write(fd, text, strlen(text));
	rc = done < 0 ? -errno : (size_t)done == strlen(text) ? 0 : -EIO;
	close(fd);
	return rc;
}
