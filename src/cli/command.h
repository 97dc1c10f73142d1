/* command.h -- a subcommand: one file, one record.
 *
 * To add a command: write src/cli/cmd_<name>.c ending with its struct wf_command, list it
 * in wheelfix_program.c and sources.mk, describe it in man/wheelfix.1 (a test compares), add
 * tests/cli/<name>.bats. */
#ifndef WF_CLI_COMMAND_H
#define WF_CLI_COMMAND_H

#include <stdio.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/limits.h"
#include "base/text.h"

/* The systems an option means something for, as bits. */
enum wf_option_systems {
    WF_ON_LINUX = 1, /* Android, too */
    WF_ON_MACOS = 2,
    WF_ON_WINDOWS = 4,
    WF_ON_ALL = WF_ON_LINUX | WF_ON_MACOS | WF_ON_WINDOWS
};

enum { WF_EXIT_DONE = 0, WF_EXIT_NO = 1, WF_EXIT_USAGE = 2, WF_EXIT_INPUT = 3 };

/* wf_option is one row of a command's options. */
struct wf_option {
    const char *name;     /* long name without dashes: "format" */
    char letter;          /* short name, or 0 */
    const char *argument; /* "TEXT" when it takes one, else NULL */
    /* The argument when only "--name" is given ("--name=..." has one); NULL: it may not be
     * left out. */
    const char *standard;
    /* With `standard` and `choices`: the argument may be the next word, too, when that is
     * one of the choices, as in "--strip false". */
    bool takes_next_choice;
    bool repeats;      /* may be given several times, all values kept, in order */
    const char *about; /* one line for --help */
    /* NULL-ended words the argument must be one of, or NULL. */
    const char *const *choices;
    /* Long name of the option this one is another name of, or NULL. */
    const char *same_as;
    unsigned systems; /* enum wf_option_systems; 0: all.  See cli/systems.h */
    bool hidden;      /* another tool's, known only to be answered well: not in --help */
    /* The words behind the argument are values, too, up to the next option: -i 3.9 3.10.
     * None is fine as well: the option then has the one value "". */
    bool greedy;
};

/* wf_args is a parsed command line; the options by their row's index. */
struct wf_args {
    struct wf_strings *values; /* one list per option row; flags: one "" per use */
    struct wf_strings operands;
    struct wf_strings rest; /* of a command that keeps it: the words behind "--" */
};

struct wf_cli;

struct wf_command {
    const char *name;
    const char *summary;             /* one line */
    const char *operands;            /* "WHEEL...", or "" when it takes none */
    const char *more;                /* what --help says below the options, or NULL */
    const struct wf_option *options; /* ends with a row without name */
    const char *alias;               /* a short name, or NULL */
    bool keeps_rest;                 /* words behind "--" are no operands: args->rest */
    bool hidden;                     /* for programs: not in --help */
    int (*run)(struct wf_cli *cli, const struct wf_args *args);
};

/* wf_cli is everything a command may touch of the world: streams, environment, terminal.
 * A unit test gives it memory streams. */
struct wf_cli {
    FILE *out;
    FILE *err;
    struct wf_arena arena;
    const struct wf_command *command;
    unsigned verbose;
    bool quiet;
    bool out_is_terminal;
    bool err_is_terminal;
    bool colour_out;         /* decided by --color, NO_COLOR, TERM and out_is_terminal */
    bool out_failed;         /* standard output took no more; said once, not again */
    unsigned width;          /* columns of the terminal, or 0 */
    unsigned num_threads;    /* -j; 0: as many as processors are usable */
    struct wf_limits limits; /* --limit */
    const char *(*environment)(const char *name); /* getenv, or a test's own */
};

/* wf_args_value is the last value given for the option called `name` of the command, or
 * NULL; wf_args_count how often it was given; wf_args_list all values. */
const char *wf_args_value(const struct wf_cli *cli, const struct wf_args *args,
                          const char *name);
size_t wf_args_count(const struct wf_cli *cli, const struct wf_args *args,
                     const char *name);
const struct wf_strings *wf_args_list(const struct wf_cli *cli,
                                      const struct wf_args *args, const char *name);

/* wf_cli_fail prints one error line and returns the exit status of its kind. */
int wf_cli_fail(struct wf_cli *cli, const struct wf_error *err);

/* wf_cli_usage prints a usage error, with a hint at --help, and returns WF_EXIT_USAGE. */
int wf_cli_usage(struct wf_cli *cli, const char *fmt, ...) WF_PRINTF(2, 3);

/* wf_cli_warn prints one line on standard error, unless -q was given. */
void wf_cli_warn(struct wf_cli *cli, const char *fmt, ...) WF_PRINTF(2, 3);

/* wf_cli_write puts a buffer on standard output and flushes; false (and an error line)
 * when that fails.  A closed pipe ends quietly: false without a line. */
bool wf_cli_write(struct wf_cli *cli, const struct wf_buffer *buffer);

/* wf_cli_status is the exit status for an error of a kind. */
int wf_cli_status(enum wf_error_kind kind);

/* wf_cli_run parses argv and runs the command; the exit status of the program.  The
 * caller filled in the streams, the terminal questions, `width` and `environment`; the
 * rest of *cli is set here, and its arena is cleared before returning. */
int wf_cli_run(struct wf_cli *cli, int argc, char **argv);

/* wf_topic is what `help` tells beside the commands. */
struct wf_topic {
    const char *name; /* ends a list when NULL */
    void (*add)(struct wf_buffer *out);
};

/* wf_program is one of the programs that are made of this folder. */
/* A command that users of the forerunner type, and what to do instead. */
struct wf_elsewhere {
    const char *name;
    const char *answer;
};

struct wf_program {
    const char *name;
    const char *about;             /* for --help */
    const char *exits;             /* what its exit statuses mean: the end of --help */
    const struct wf_topic *topics; /* of `help` */
    int failure; /* the exit status for what could not be read or written */
    const struct wf_option *globals; /* options of every command; ends without name */
    const struct wf_command *const *commands;
    size_t num_commands;
    const struct wf_elsewhere *elsewhere; /* ends without name; or NULL */
};

/* The program that runs: wheelfix_program.c, wheelpack_program.c, and a unit test's own. */
extern const struct wf_program wf_program;

/* wf_cli_program and wf_cli_version name this program: "wheelfix", "0.1.0". */
const char *wf_cli_program(void);
const char *wf_cli_version(void);

extern const struct wf_command wf_cmd_fuse;
extern const struct wf_command wf_cmd_help;
extern const struct wf_command wf_cmd_pack_help;
extern const struct wf_command wf_cmd_version;
extern const struct wf_command wf_cmd_repair;
extern const struct wf_command wf_cmd_show;
extern const struct wf_command wf_cmd_tree;
extern const struct wf_command wf_cmd_policies;

#endif
