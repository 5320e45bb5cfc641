// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts that go to a virtual CPU (KVM asks for it through
 * irq_set_vcpu_affinity()), and MSIs that the host collects itself.
 *
 * Owns: nothing. Locks: the descriptor of the interrupt, held by the caller.
 * Spec: 5.2 (interrupt posting), 9.11.
 */
#include <linux/align.h>
#include <linux/irq.h>
#include <linux/mm.h>

#include <asm/hardirq.h>
#include <asm/hw_irq.h>
#include <asm/irq_remapping.h>
#include <asm/posted_intr.h>

#include "../unit/unit.h"
#include "domain.h"
#include "posted.h"

int vtd_ir_set_guest(struct vtd_ir_irq *irq, const struct intel_iommu_pi_data *pi)
{
	if (!pi) {
		irq->mode = irq->host_mode;
		return 0;
	}
	if (!irq->ir->unit->caps.posted)
		return -EOPNOTSUPP;
	if (!IS_ALIGNED(pi->pi_desc_addr, sizeof(struct pi_desc)) ||
	    pi->vector >= NR_PIR_VECTORS)
		return -EINVAL;

	irq->guest = (struct vtd_irte_post) {
		.descriptor = pi->pi_desc_addr,
		.vector = pi->vector,
	};
	irq->mode = VTD_IR_POST_GUEST;
	return 0;
}

#ifdef CONFIG_X86_POSTED_MSI
struct vtd_irte_post vtd_ir_host_post(struct irq_data *irqd)
{
	unsigned int cpu =
		cpumask_first(irq_data_get_effective_affinity_mask(irqd));
	struct pi_desc *pid = per_cpu_ptr(&posted_msi_pi_desc, cpu);

	return (struct vtd_irte_post) {
		.descriptor = per_cpu_ptr_to_phys(pid),
		.vector = irqd_cfg(irqd)->vector,
	};
}
#endif
