/* rules_layers.h -- rules whose facts the layers below report while they read: notes of the
 * archive, faults of RECORD, WHEEL and METADATA.  They have a row and no check. */
#ifndef WF_AUDIT_RULES_LAYERS_H
#define WF_AUDIT_RULES_LAYERS_H

#include "audit/rule.h"

extern const struct wf_rule wf_rules_layers[];
extern const size_t wf_num_rules_layers;

#endif
