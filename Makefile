# SPDX-License-Identifier: GPL-2.0-only
#
# Thin: each target is a script below scripts/. A target does first what it
# needs; what is up to date is not done again.
#
#   DEBUG=1          the debug kernel (lockdep, KASAN, kmemleak, ...)
#   PROFILE=legacy   VT-d of the VM: legacy, scalable or first-stage
#   KERNEL_SRC=dir   a Linux 7.3.y tree of your own as the base
#   IOMMU_CACHE=dir  where trees and builds live (~/.cache/iommufd-overlay)
#   JOBS=n           compile jobs

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
FLAVOUR := $(if $(filter-out 0,$(DEBUG)),debug,normal)
PROFILE ?= scalable
ifeq ($(origin CC),default)
CC := gcc
endif
S := scripts

export KERNEL_SRC IOMMU_CACHE JOBS CC BASE_DRIFT FORCE FLAVOUR PROFILE UPDATE V \
	TESTS ARGS APPEND VTD_ROWS SIM_ROWS SECONDS_EACH SEED SPOIL QEMUS VMM VMM_ROWS NESTED_ROWS \
	CONTAINER_ROWS CLIENTS_ROWS FIRST_HOUR DEB_VERSION DEB_OUT \
	PARALLEL NODE

.PHONY: help doctor tree config build image demo demo-nested vm test test-all selftest \
	selftest-vfio selftest-none fuzz stress kill-loop fail-nth kcsan \
	container kunit model vtd sim sim-test sim-soak sim-amd sim-differ mutants \
	vmm vmm-nested clients dmar conformance iommu-tests vfio-tests bench users differ lib \
	iommufdctl samples first-hour htmldocs errnos deb patch lint combos peer clean \
	tools-build tools-vm tools-lib tools-clients tools-docs tools-deb

help: ## show this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | \
		while IFS='	' read -r t d; do printf '  %-12s %s\n' "$$t" "$$d"; done

doctor: ## name each missing tool and the package that brings it
	@$(S)/deps.sh doctor

tools-build:
	@$(S)/deps.sh check build

tools-vm:
	@$(S)/deps.sh check vm

tools-lib:
	@$(S)/deps.sh check lib

tools-clients:
	@$(S)/deps.sh check clients

tools-docs:
	@$(S)/deps.sh check docs

tools-deb:
	@$(S)/deps.sh check deb

tree: tools-build ## get the Linux 7.3 base, lay our files over it
	@$(S)/base/overlay >/dev/null

config: tree ## configure the VM kernel (DEBUG=1: the debug kernel)
	@$(S)/build/kconfig $(FLAVOUR)

build: config ## build the kernel
	@$(S)/build/kbuild $(FLAVOUR) >/dev/null

image: config ## print the path of the built kernel image, and nothing else
	@$(S)/build/kbuild $(FLAVOUR)

demo: build tools-vm ## real DMA through /dev/iommu in the VM, ends in PASS
	@$(S)/vm/demo $(FLAVOUR) $(PROFILE)

demo-nested: build tools-vm ## a guest's own tables on simulated hardware, ends in PASS
	@$(S)/vm/demo-nested $(FLAVOUR)

vm: build tools-vm ## a shell in the VM
	@$(S)/vm/shell $(FLAVOUR) $(PROFILE)

sim: build tools-vm ## a shell in a VM with a simulated VT-d unit and functions
	@$(S)/vm/sim $(FLAVOUR)

test: tools-build tools-vm ## everything that must hold; ends in 'N passed, N failed'
	@$(S)/run/tests

test-all: tools-build tools-vm ## the same and what takes long: hours
	@ALL=1 $(S)/run/tests

selftest-vfio: build tools-vm ## those of them that need a device, not the mock
	@TESTS="test_vfio test_attach_fails test_reset test_properties test_group \
		test_container_dma test_dmabuf_pci kill_loop" \
		$(S)/run/selftest $(FLAVOUR) $(PROFILE)

selftest-none: build tools-vm ## those for machines without an IOMMU
	@TESTS='test_noiommu test_noiommu_container' \
		$(S)/run/selftest $(FLAVOUR) none

fuzz: build tools-vm ## the random operations of the selftests, for longer
	@TESTS=fuzz ARGS="--rounds $(or $(ROUNDS),100)" \
		$(S)/run/selftest $(FLAVOUR) $(PROFILE)

stress: build tools-vm ## objects used from several threads, on parallel processors
	@TESTS=stress ARGS="--rounds $(or $(ROUNDS),15)" PARALLEL=1 \
		$(S)/run/selftest $(FLAVOUR) $(PROFILE)

kill-loop: build tools-vm ## processes are killed at work, and nothing of them is left
	@TESTS=kill_loop APPEND=vtd_sim=8M ARGS="--rounds $(or $(ROUNDS),50)" \
		$(S)/run/selftest $(FLAVOUR) $(PROFILE)

fail-nth: build tools-vm ## each step of each operation fails once
	@TESTS=fail_nth ARGS="--every 1" $(S)/run/selftest $(FLAVOUR) $(PROFILE)

kcsan: tree tools-vm ## races between threads, on a kernel with KCSAN
	@$(S)/run/kcsan

container: build tools-vm ## a kernel on which /dev/vfio/vfio is a node of iommufd
	@$(S)/run/container

selftest: build tools-vm ## our kselftests in the VM
	@$(S)/run/selftest $(FLAVOUR) $(PROFILE)

kunit: build tools-vm ## the KUnit suites in the VM
	@$(S)/run/kunit $(FLAVOUR)

model: tools-build ## the golden model of a VT-d unit in user space, under sanitizers
	@$(S)/run/model

dmar: build tools-vm ## boots with firmware tables good and damaged
	@$(S)/run/dmar $(FLAVOUR)

vmm: build tools-vm ## QEMU in the VM passes devices on to a guest (VMM_ROWS=all)
	@$(S)/run/vmm $(FLAVOUR)

vmm-nested: build tools-vm ## QEMU 11.1 in the VM: a guest's own tables are the first stage
	@$(S)/run/vmm-nested $(FLAVOUR)

clients: build tools-vm tools-clients ## DPDK and QEMU's nvme:// with devices of the VM
	@$(S)/run/clients $(FLAVOUR)

vtd: build tools-vm ## devices and kernels behind VT-d in many shapes (VTD_ROWS=all)
	@$(S)/run/vtd $(FLAVOUR)

sim-test: build tools-vm ## simulated VT-d units under the driver and /dev/iommu
	@$(S)/run/sim $(FLAVOUR)

sim-soak: build tools-vm ## simulated units under all at once (SEED=, SECONDS_EACH=)
	@$(S)/run/sim-soak $(FLAVOUR)

sim-amd: build tools-vm ## simulated VT-d units on a machine with an IOMMU of AMD's
	@$(S)/run/sim-amd

sim-differ: build tools-vm ## random DMA behind QEMU's unit is what the model predicts
	@$(S)/run/sim-differ $(FLAVOUR)

mutants: build tools-vm ## each missing invalidation is noticed: faults built into VT-d
	@$(S)/run/mutants

conformance: build tools-vm ## the base's own kselftests: iommu-tests and vfio-tests
	@{ $(S)/peer/conformance $(FLAVOUR); \
		$(S)/peer/vfio-tests $(FLAVOUR) $(PROFILE); } | \
		awk -v runs=2 -f $(S)/run/sum.awk

iommu-tests: build tools-vm ## the base's own iommu kselftest
	@$(S)/peer/conformance $(FLAVOUR)

vfio-tests: build tools-vm ## the base's own VFIO kselftests, with an emulated igb
	@$(S)/peer/vfio-tests $(FLAVOUR) $(PROFILE)

bench: build tools-vm ## instructions per operation, beside the base's kernel
	@$(S)/base/overlay >/dev/null && $(S)/base/fetch --peer >/dev/null && \
		$(S)/build/kconfig peer && $(S)/build/kbuild peer >/dev/null && \
		$(S)/peer/bench $(FLAVOUR) $(PROFILE)

users: build tools-vm ## a page that 100,000 share costs each no more than 10,000
	@$(S)/run/users $(FLAVOUR) $(PROFILE)

differ: build tools-vm ## random ioctls, beside the base's kernel (SEEDS='FROM TO')
	@$(S)/base/overlay >/dev/null && $(S)/base/fetch --peer >/dev/null && \
		$(S)/build/kconfig peer && $(S)/build/kbuild peer >/dev/null && \
		$(S)/peer/differ $(SEEDS)

lib: tree tools-lib ## the C library tools/lib/iommufd: builds, its own tests
	@$(S)/run/lib

iommufdctl: build tools-vm ## the tool: on machines made of files, and in the VM
	@$(S)/run/iommufdctl $(FLAVOUR)

samples: build tools-vm ## samples/iommufd/steps: each prints in the VM what its head says
	@$(S)/run/samples $(FLAVOUR)

first-hour: build tools-vm tools-docs ## the page "The first hour", replayed line by line
	@$(S)/run/first-hour

htmldocs: tree tools-docs ## our pages as HTML; a warning is an error
	@$(S)/html/build

errnos: ## make the page errno.rst anew, of the refusals in the sources
	@$(S)/check/errnos --write

lint: config ## warnings, sparse, checkpatch, kernel-doc, layers, uAPI facts
	@$(S)/lint

deb: build tools-deb ## kernel, headers, library, tool, pages as Debian packages
	@$(S)/deb/build $(FLAVOUR)

patch: tree ## the overlay as a series for git am on 7.3, checked
	@$(S)/base/patch

combos: config ## compile what each Kconfig combination selects
	@$(S)/check/combos

peer: tools-build ## build the base's kernel without the overlay; print its image
	@$(S)/base/overlay >/dev/null && $(S)/base/fetch --peer >/dev/null && \
		$(S)/build/kconfig peer && $(S)/build/kbuild peer

clean: ## remove this clone's tree and builds (ALL=1: the fetched base, too)
	@$(S)/build/clean $(ALL)
