// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* The header as C++ reads it, and the library as C++ links it. */
#include <iommufd.h>
#include <cstdio>

int main()
{
	iommufd_explanation why;
	iommufd_session *session = NULL;
	char text[1024];
	int rc = iommufd_session_open("/nonexistent", &session);

	if (iommufd_explain(session, IOMMUFD_OPEN, rc, &why))
		return 1;
	iommufd_explain_text(&why, text, sizeof(text));
	std::fputs(text, stdout);
	return why.num == 1 ? 0 : 1;
}
