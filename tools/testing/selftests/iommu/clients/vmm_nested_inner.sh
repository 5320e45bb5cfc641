#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# In the guest of vmm_nested.sh: a simulated function through this guest's own
# /dev/iommu, by this guest's first-stage tables. Prints TAP.

. vtd_lib.sh

echo "# suite $VMM_NAME:inner"
vmm_engine 0000:00:05.0
s=$?
dmesg | grep -i 'DMAR.*\(error\|timed out\|did not\)' | sed 's/^/#   /'
echo "# status $VMM_NAME:inner $s"
exit $s
