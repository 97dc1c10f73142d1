/* wheel_inputs.h -- the wheels a command is given: operands, folders, lists. */
#ifndef WF_CLI_WHEEL_INPUTS_H
#define WF_CLI_WHEEL_INPUTS_H

#include "cli/command.h"

/* wf_wheel_input is one entry of the inputs, in input order: a wheel's path, or, when
 * err.kind is not WF_ERR_NONE, why an operand yields none. */
struct wf_wheel_input {
    struct wf_arena arena; /* holds this very entry */
    struct wf_wheel_input *next;
    const char *path;
    struct wf_error err;
};

/* wf_wheel_inputs yields the wheels one by one, so that a list of a million paths needs
 * no memory: an entry lives from the call that yields it to the one that drops it. */
struct wf_wheel_inputs {
    const struct wf_strings *operands;
    const struct wf_strings *lists; /* --from, read behind the operands */
    size_t next_operand;
    size_t next_list;
    void *list;            /* the FILE being read, or NULL */
    const char *list_name; /* its name */
    uint64_t list_line;
    struct wf_buffer line;
    struct wf_arena folder_arena; /* the folder being expanded */
    const char *folder;
    char **folder_names;
    size_t num_folder_names;
    size_t next_folder_name;
    struct wf_wheel_input *first; /* entries that were yielded and not dropped */
    struct wf_wheel_input *last;
};

void wf_wheel_inputs_init(struct wf_wheel_inputs *inputs,
                          const struct wf_strings *operands,
                          const struct wf_strings *lists);
void wf_wheel_inputs_clear(struct wf_wheel_inputs *inputs);

/* wf_wheel_inputs_next is the path of the next wheel, or NULL after the last.  What stands
 * between two wheels and yields none is queued as an entry with an error. */
const char *wf_wheel_inputs_next(struct wf_wheel_inputs *inputs);

/* wf_wheel_inputs_drop ends the first entry. */
void wf_wheel_inputs_drop(struct wf_wheel_inputs *inputs);

#endif
