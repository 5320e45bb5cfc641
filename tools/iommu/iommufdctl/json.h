/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON on stdout, member by member. */
#ifndef IOMMUFDCTL_JSON_H
#define IOMMUFDCTL_JSON_H

/* @key is NULL in a list and at the top. */
void json_open(const char *key, char bracket);
void json_close(char bracket);
void json_text(const char *key, const char *value);
void json_number(const char *key, unsigned long long value);
void json_signed(const char *key, long long value);
void json_yes(const char *key, int value);
/* Ends a document that is one line of a stream. */
void json_end(void);

#endif
