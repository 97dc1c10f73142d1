/* options.h -- from an argument vector to option values, by tables. */
#ifndef WF_CLI_OPTIONS_H
#define WF_CLI_OPTIONS_H

#include "cli/command.h"

/* wf_wheelfix_globals are the options every command of wheelfix takes; ends with a row
 * without name. */
extern const struct wf_option wf_wheelfix_globals[];

/* wf_option_table is a row array with the values found for each row. */
struct wf_option_table {
    const struct wf_option *rows;
    struct wf_strings *values; /* one list per row, or NULL to keep none */
};

/* wf_options_count is the number of rows before the row without name. */
size_t wf_options_count(const struct wf_option *rows);

/* wf_options_values makes the empty lists for the rows of a table. */
struct wf_strings *wf_options_values(struct wf_arena *arena,
                                     const struct wf_option *rows);

/* wf_options_first_operand is the index in argv of the first word that is neither an
 * option nor an option's argument, or argc.  Fails (WF_ERR_USAGE) on an option that no
 * table has. */
WF_MUST_USE bool wf_options_first_operand(int *out, int argc, char **argv,
                                          const struct wf_option_table *tables,
                                          size_t num_tables, struct wf_error *err);

/* wf_options_parse reads all of argv but argv[0] and argv[skip] into the tables' values,
 * and every other word into `operands`; those behind "--" into `rest` unless that is
 * NULL.  GNU rules: options and operands in any order,
 * --name=value and --name value, -xvalue and -x value, clustered letters, "--" ends the
 * options, "-" is an operand.  Fails (WF_ERR_USAGE) on unknown options (proposing the
 * nearest), a missing or unwanted argument, and a word that is not among the choices. */
WF_MUST_USE bool wf_options_parse(struct wf_arena *arena, int argc, char **argv, int skip,
                                  const struct wf_option_table *tables, size_t num_tables,
                                  struct wf_strings *operands, struct wf_strings *rest,
                                  struct wf_error *err);

/* wf_options_find is the index of the row called `name`, following same_as, or the number
 * of rows. */
size_t wf_options_find(const struct wf_option *rows, const char *name);

#endif
