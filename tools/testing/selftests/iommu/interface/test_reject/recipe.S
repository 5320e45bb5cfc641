/* SPDX-License-Identifier: GPL-2.0-only */
/* The recipe of the documentation, as text. The path begins at the Makefile. */
	.section .rodata, "a"
	.globl reasons_awk
reasons_awk:
	.incbin "../../../../Documentation/userspace-api/iommufd/reasons.awk"
	.byte 0
	.section .note.GNU-stack, "", @progbits
