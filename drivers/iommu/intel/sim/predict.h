/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What would a unit of this machine do with a request?
 */
#ifndef __VTD_SIM_PREDICT_H
#define __VTD_SIM_PREDICT_H

struct vtd_sim_predict;
struct vtd_sim_spoil;

int vtd_sim_predict(struct vtd_sim_predict *what);
int vtd_sim_spoil(struct vtd_sim_spoil *how);

#endif
