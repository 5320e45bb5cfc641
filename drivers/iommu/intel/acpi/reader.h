/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Little-endian reads inside checked bounds of a firmware table.
 */
#ifndef __VTD_ACPI_READER_H
#define __VTD_ACPI_READER_H

#include <linux/types.h>
#include <linux/unaligned.h>

/**
 * struct vtd_span - a piece of a table that may be read
 * @base: first byte
 * @len: number of bytes that belong to the piece
 * @offset: where it stands in the table, for messages
 */
struct vtd_span {
	const u8 *base;
	u32 len;
	u32 offset;
};

/* The caller has checked that the field lies inside the span. */
static inline u8 vtd_span_u8(const struct vtd_span *span, u32 at)
{
	return span->base[at];
}

static inline u16 vtd_span_u16(const struct vtd_span *span, u32 at)
{
	return get_unaligned_le16(span->base + at);
}

static inline u32 vtd_span_u32(const struct vtd_span *span, u32 at)
{
	return get_unaligned_le32(span->base + at);
}

static inline u64 vtd_span_u64(const struct vtd_span *span, u32 at)
{
	return get_unaligned_le64(span->base + at);
}

/* @at is not behind the end of @span. */
static inline struct vtd_span vtd_span_from(const struct vtd_span *span, u32 at)
{
	return (struct vtd_span){ span->base + at, span->len - at,
				  span->offset + at };
}

#endif
