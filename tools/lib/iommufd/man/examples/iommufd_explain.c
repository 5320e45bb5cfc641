// SPDX-License-Identifier: GPL-2.0-only OR MIT
/*
 * IOMMU_IOAS_MAP: EOPNOTSUPP
 * flags: an unknown flag is set
 */
#include <iommufd.h>
#include <stdio.h>

int main(void)
{
	struct iommufd_explanation why;
	struct iommufd_session *session;
	__u64 iova;
	__u32 ioas;
	int fd, ret;

	ret = iommufd_session_open(NULL, &session);
	if (!ret)
		ret = iommufd_session_trace(session);
	fd = ret ? -1 : iommufd_session_fd(session);
	if (fd < 0 || iommufd_ioas_alloc(fd, &ioas))
		return 1;
	ret = iommufd_ioas_map(fd, ioas, &iova, 4096, 0x8000, &iova);
	if (iommufd_explain(session, IOMMU_IOAS_MAP, ret, &why))
		return 1;
	printf("%s: %s\n%s: %s\n", why.call, why.error, why.meaning[0].field,
	       why.meaning[0].reason);
	iommufd_session_close(session);
	return 0;
}
