// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records in /run/iommufdctl, one file for each bound device. They outlive a
 * tool that was killed, and end with the machine, as bindings do.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "record.h"

#define FOLDER "/run/iommufdctl"

int record_save(const struct ctl *ctl, const char *bdf, const struct record *record)
{
	char folder[FILE_PATH], path[FILE_PATH];
	FILE *f;
	int rc;

	if (file_path(ctl, folder, FOLDER) || file_path(ctl, path, FOLDER "/%s", bdf))
		return -ENAMETOOLONG;
	if (mkdir(folder, 0755) && errno != EEXIST)
		return -errno;
	f = fopen(path, "we");
	if (!f)
		return -errno;
	rc = fprintf(f, "driver=%s\noverride=%s\n", record->driver,
		     record->override) < 0 ? -errno : 0;
	if (fclose(f) && !rc)
		rc = -errno;
	if (rc)
		unlink(path);
	return rc;
}

static void value(const char *line, const char *key, char *buf, size_t size)
{
	size_t len = strlen(key);

	if (strncmp(line, key, len))
		return;
	snprintf(buf, size, "%.*s", (int)strcspn(line + len, "\n"), line + len);
}

int record_load(const struct ctl *ctl, const char *bdf, struct record *record)
{
	FILE *f = file_open(ctl, FOLDER "/%s", bdf);
	char line[128];

	*record = (struct record){ .driver = "" };
	if (!f)
		return -ENOENT;
	while (fgets(line, sizeof(line), f)) {
		value(line, "driver=", record->driver, sizeof(record->driver));
		value(line, "override=", record->override,
		      sizeof(record->override));
	}
	fclose(f);
	return 0;
}

void record_remove(const struct ctl *ctl, const char *bdf)
{
	char path[FILE_PATH];

	if (!file_path(ctl, path, FOLDER "/%s", bdf))
		unlink(path);
}
