// SPDX-License-Identifier: GPL-2.0-only
/*
 * kexec_into [--crash] KERNEL INITRD|- COMMANDLINE
 *
 * Starts another kernel right away, by way of the orderly end of this one; or
 * leaves it where a crash will find it. '-': without an initrd.
 */
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_input(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		perror(path);
	return fd;
}

int main(int argc, char **argv)
{
	unsigned long flags = 0;
	int kernel, initrd = -1;

	if (argc > 1 && !strcmp(argv[1], "--crash")) {
		flags |= KEXEC_FILE_ON_CRASH;
		argv++;
		argc--;
	}
	if (argc != 4) {
		fprintf(stderr,
			"usage: kexec_into [--crash] KERNEL INITRD|- COMMANDLINE\n");
		return 2;
	}
	kernel = open_input(argv[1]);
	if (!strcmp(argv[2], "-"))
		flags |= KEXEC_FILE_NO_INITRAMFS;
	else
		initrd = open_input(argv[2]);
	if (kernel < 0 || (initrd < 0 && !(flags & KEXEC_FILE_NO_INITRAMFS)))
		return 1;
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(argv[3]) + 1,
		    argv[3], flags)) {
		perror("kexec_file_load");
		return 1;
	}
	if (flags & KEXEC_FILE_ON_CRASH)
		return 0;
	sync();
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
		LINUX_REBOOT_CMD_KEXEC, NULL);
	perror("reboot");
	return 1;
}
