/* test_interpreter_probe.c -- programs that are asked what Python they are, and what of
 * their answers is believed. */
#define _XOPEN_SOURCE 700 /* utimensat */
#include "../support/unit.h"

#include <sys/stat.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "pack/interpreter_probe.h"

static const char good[] =
    "{\"implementation\": \"cpython\", \"executable\": \"/opt/python3.12\", \"major\": "
    "3, "
    "\"minor\": 12, \"abiflags\": \"\", \"ext_suffix\": "
    "\".cpython-312-x86_64-linux-gnu.so\", \"soabi\": \"cpython-312-x86_64-linux-gnu\", "
    "\"platform\": \"linux-x86_64\", \"system\": \"linux\", \"pointer_width\": 64, "
    "\"gil_disabled\": false}";

/* Everything a test has. */
struct world {
    struct wf_arena arena;
    struct wf_build_asked asked;
    struct wf_error err;
};

static struct world
world_of(void **state)
{
    struct world w = { 0 };

    w.asked = pack_asked_new(wf_arena_strdup(&w.arena, (const char *)*state));
    pack_set(
        wf_arena_printf(&w.arena, "PATH=%s:/bin:/usr/bin", folder_path(state, "bin")));
    w.asked.cache_dir = wf_arena_printf(&w.arena, "%s/cache", w.asked.folder);
    return w;
}

static void
put_program(void **state, const char *name, const char *text)
{
    folder_put(state, name, text);
    assert_int_equal(chmod(folder_path(state, name), 0755), 0);
}

/* A shell script that answers as a Python does. */
static const char *
python_that_says(struct world *w, const char *answer)
{
    return wf_arena_printf(&w->arena, "#!/bin/sh\necho 'wheelpack-python:%s'\n", answer);
}

static bool
probe_one(struct world *w, struct wf_probe *probe, const char *name)
{
    *probe = (struct wf_probe){ .name = name };
    return wf_probe_all(probe, 1, &w->arena, &w->asked, 2000, &w->err);
}

static void
a_python_tells_all_about_itself(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;

    put_program(state, "bin/python3.12", python_that_says(&w, good));
    assert_true(probe_one(&w, &probe, "python3.12"));
    assert_int_equal(probe.result, WF_PROBE_FOUND);
    assert_int_equal(probe.interpreter.kind, WF_PYTHON_CPYTHON);
    assert_string_equal(probe.interpreter.executable, "/opt/python3.12");
    assert_int_equal(probe.interpreter.minor, 12);
    assert_string_equal(probe.interpreter.ext_suffix, ".cpython-312-x86_64-linux-gnu.so");
    assert_string_equal(probe.interpreter.platform, "linux-x86_64");
    assert_int_equal(probe.interpreter.pointer_width, 64);
    assert_false(probe.interpreter.gil_disabled);
    assert_string_equal(probe.system, "linux");
    wf_arena_clear(&w.arena);
}

static void
what_sitecustomize_prints_is_passed_over(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;

    put_program(state, "bin/python3",
                wf_arena_printf(&w.arena,
                                "#!/bin/sh\necho hello; echo '{}'\n"
                                "echo 'wheelpack-python:%s'\necho bye\n",
                                good));
    assert_true(probe_one(&w, &probe, "python3"));
    assert_int_equal(probe.result, WF_PROBE_FOUND);
    wf_arena_clear(&w.arena);
}

static void
a_missing_python_is_absent(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;

    folder_put(state, "bin/python3.9", "not executable");
    assert_true(probe_one(&w, &probe, "python3.9"));
    assert_int_equal(probe.result, WF_PROBE_ABSENT);
    assert_true(probe_one(&w, &probe, "./no/such/python"));
    assert_int_equal(probe.result, WF_PROBE_ABSENT);
    assert_true(probe_one(&w, &probe, ""));
    assert_int_equal(probe.result, WF_PROBE_ABSENT);
    assert_true(probe_one(&w, &probe, "bin/")); /* a folder */
    assert_int_equal(probe.result, WF_PROBE_ABSENT);
    wf_arena_clear(&w.arena);
}

static void
shims_of_what_is_not_installed_are_passed_over(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;

    put_program(state, "bin/python3.12",
                "#!/bin/sh\necho 'pyenv: python3.12: command not found' >&2\n"
                "echo >&2; echo 'The command exists in: 3.12.1' >&2\nexit 127\n");
    assert_true(probe_one(&w, &probe, "python3.12"));
    assert_int_equal(probe.result, WF_PROBE_SKIPPED);
    assert_string_equal(
        pack_says(),
        wf_arena_printf(
            &w.arena,
            "warning: %s is passed over: pyenv: python3.12: command not found\n",
            folder_path(state, "bin/python3.12")));
    put_program(state, "bin/python3", "#!/bin/sh\nexit 9\n");
    assert_true(probe_one(&w, &probe, "python3"));
    assert_int_equal(probe.result, WF_PROBE_SKIPPED);
    assert_non_null(strstr(pack_says(),
                           "bin/python3 is passed over: it ended with status 9 and "
                           "without a word\n"));
    wf_arena_clear(&w.arena);
}

/* Each program, and what is said of it behind its path. */
static void
programs_that_misbehave_are_named(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        { "#!/bin/sh\n",
          " cannot be used: asked what it is, it wrote something else; is it a Python?" },
        { "#!/bin/sh\nhead -c 3000 /dev/urandom | tr -d '\\000'\n",
          " cannot be used: asked what it is, it wrote something else; is it a Python?" },
        { "#!/bin/sh\necho wheelpack-python:\n",
          " cannot be used: asked what it is, it wrote something else; is it a Python?" },
        { "#!/bin/sh\necho 'wheelpack-python:[]'\n",
          " cannot be used: its answer to what it is cannot be read: no object" },
        { "#!/bin/sh\necho oops >&2\nexit 3\n",
          " cannot be used: asked what it is, it ended with status 3 and said: oops" },
        { "#!/bin/sh\necho first; echo Traceback >&2; kill -9 $$\n",
          " cannot be used: asked what it is, it ended with status 137 and said: "
          "Traceback" },
        { "#!/bin/sh\nsleep 60\n", " did not end within 2000 ms" },
        { "#!/bin/sh\nexec yes\n",
          " wrote more than 65536 bytes to its standard output" },
        { "#!/bin/sh\nexec yes >&2\n",
          " wrote more than 65536 bytes to its standard error" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct world w = world_of(state);
        struct wf_probe probe;

        put_program(state, "bin/python3", rows[i].text);
        assert_false(probe_one(&w, &probe, "python3"));
        assert_string_equal(w.err.text, wf_arena_printf(&w.arena, "%s%s",
                                                        folder_path(state, "bin/python3"),
                                                        rows[i].said));
        wf_arena_clear(&w.arena);
    }
}

static const char *
with(struct world *w, const char *from, const char *to)
{
    const char *at = strstr(good, from);

    assert_non_null(at);
    return wf_arena_printf(&w->arena, "%.*s%s%s", (int)(at - good), good, to,
                           at + strlen(from));
}

static bool
read_text(struct world *w, struct wf_probe *probe, const char *answer)
{
    const char *text = wf_arena_printf(&w->arena, "wheelpack-python:%s\n", answer);

    *probe = (struct wf_probe){ 0 };
    return wf_probe_read(probe, &w->arena, wf_bytes_str(text), "/x/python", &w->err);
}

static void
one_that_is_broken_and_that_nobody_named_is_passed_over(void **state)
{
    static const char *const scripts[] = {
        "#!/bin/sh\necho rubbish\n",
        "#!/bin/sh\necho 'library missing' >&2; exit 127\n",
        "#!/bin/sh\nexec head -c 100000000 /dev/zero\n",
        "#!/bin/sh\nkill -9 $$\n",
    };
    struct world w = world_of(state);

    put_program(state, "bin/python3.12", python_that_says(&w, good));
    for (size_t i = 0; i < WF_COUNT(scripts); i++) {
        const char *told = wf_arena_printf(
            &w.arena, "%s is passed over: ", folder_path(state, "bin/python3.9"));
        struct wf_probe probes[] = { { .name = "python3.9", .by_chance = true },
                                     { .name = "python3.12", .by_chance = true } };

        pack_said.len = 0;
        put_program(state, "bin/python3.9", scripts[i]);
        assert_true(
            wf_probe_all(probes, WF_COUNT(probes), &w.arena, &w.asked, 2000, &w.err));
        assert_int_equal(probes[0].result, WF_PROBE_SKIPPED);
        assert_int_equal(probes[1].result, WF_PROBE_FOUND);
        assert_non_null(strstr(pack_says(), told));
    }
    wf_arena_clear(&w.arena);
}

static void
fields_that_no_python_has_are_refused(void **state)
{
    static const struct {
        const char *from;
        const char *to;
        const char *key;
        const char *expected;
    } rows[] = {
        { "\"cpython\"", "\"c/python\"", "implementation", "a short word" },
        { "\"cpython\"", "null", "implementation", "a short word" },
        { "\"cpython\"", "7", "implementation", "a short word" },
        { "\"implementation\"", "\"implementations\"", "implementation", "a short word" },
        { "/opt/python3.12", "/opt/py\\nthon", "executable", "a short word" },
        { "\"abiflags\": \"\"", "\"abiflags\": \"-x\"", "abiflags", "a short word" },
        { ".cpython-312", "/../../x.cpython", "ext_suffix", "a short word" },
        { "\".cpython-312-x86_64-linux-gnu.so\"", "null", "ext_suffix",
          "what its modules' names end in" },
        { "\".cpython-312-x86_64-linux-gnu.so\"", "\"so\"", "ext_suffix",
          "what its modules' names end in" },
        { "linux-x86_64", "linux x86_64", "platform", "a short word" },
        { "\"linux\"", "\"\\u0000\"", NULL, NULL },
        { "\"major\": 3", "\"major\": \"3\"", "major", "a small number" },
        { "\"minor\": 12", "\"minor\": -1", "minor", "a small number" },
        { "\"minor\": 12", "\"minor\": 1e9", "minor", "a small number" },
        { "64,", "640,", "pointer_width", "a small number" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct world w = world_of(state);
        struct wf_probe probe;

        assert_false(read_text(&w, &probe, with(&w, rows[i].from, rows[i].to)));
        assert_int_equal(w.err.kind, WF_ERR_MALFORMED);
        if (rows[i].key != NULL)
            assert_string_equal(
                w.err.text,
                wf_arena_printf(&w.arena,
                                "/x/python cannot be used: asked what it is, its answer "
                                "has no usable '%s' (%s was expected)",
                                rows[i].key, rows[i].expected));
        else
            assert_non_null(strstr(w.err.text, "/x/python cannot be used: its answer"));
        wf_arena_clear(&w.arena);
    }
}

static void
old_and_odd_pythons_are_recognised(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;

    assert_true(read_text(&w, &probe,
                          "{\"implementation\": \"python\", \"executable\": \"/p\", "
                          "\"major\": 2, \"minor\": 7, \"abiflags\": null, "
                          "\"ext_suffix\": null, \"soabi\": null, \"platform\": "
                          "\"linux-x86_64\", \"system\": \"linux\", \"pointer_width\": "
                          "64, \"gil_disabled\": false}"));
    assert_int_equal(probe.result, WF_PROBE_OLD);
    assert_true(read_text(&w, &probe, with(&w, "\"minor\": 12", "\"minor\": 4")));
    assert_int_equal(probe.result, WF_PROBE_OLD);
    assert_true(read_text(&w, &probe, with(&w, "\"minor\": 12", "\"minor\": 5")));
    assert_int_equal(probe.result, WF_PROBE_FOUND);
    /* Embedded Pythons do not know their own place. */
    assert_true(read_text(&w, &probe, with(&w, "\"/opt/python3.12\"", "null")));
    assert_string_equal(probe.interpreter.executable, "/x/python");
    /* Windows has no sys.abiflags. */
    assert_true(
        read_text(&w, &probe, with(&w, "\"abiflags\": \"\"", "\"abiflags\": null")));
    assert_string_equal(probe.interpreter.abiflags, "");
    wf_arena_clear(&w.arena);
}

static void
every_cut_of_an_answer_is_an_error(void **state)
{
    struct world w = world_of(state);

    for (size_t len = 0; len < sizeof good - 1; len++) {
        struct wf_probe probe;
        const struct wf_bytes cut = exact_copy(good, len);

        assert_false(read_text(&w, &probe, wf_arena_str(&w.arena, cut)));
        assert_int_equal(w.err.kind, WF_ERR_MALFORMED);
        free_exact(cut);
    }
    wf_arena_clear(&w.arena);
}

/* Counts how often a program was asked: each time it adds a byte to a file. */
static size_t
times_asked(void **state)
{
    struct stat st;

    return stat(folder_path(state, "asked"), &st) == 0 ? (size_t)st.st_size : 0;
}

static const char *
counting(struct world *w, const char *start)
{
    return wf_arena_printf(&w->arena,
                           "#!/bin/sh\n%s\nprintf x >> asked\n"
                           "echo 'wheelpack-python:%s'\n",
                           start, good);
}

static void
scripts_are_asked_each_time_but_shims_of_pyenv_once(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;

    put_program(state, "bin/python3", counting(&w, ": pyenv"));
    put_program(state, "root/shims/python3", counting(&w, ": pyenv"));
    for (int i = 0; i < 2; i++)
        assert_true(probe_one(&w, &probe, "python3"));
    assert_int_equal(times_asked(state), 2);
    for (int i = 0; i < 2; i++)
        assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 3);
    assert_string_equal(probe.interpreter.executable, "/opt/python3.12");
    /* What pyenv chooses by. */
    pack_set("PYENV_VERSION=3.9");
    assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 4);
    folder_write(state, ".python-version", "3.8\n");
    assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 5);
    folder_put(state, "root/version", "3.7\n");
    for (int i = 0; i < 2; i++)
        assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 6);
    pack_set("PYTHONPATH=/elsewhere");
    assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 7);
    wf_arena_clear(&w.arena);
}

static void
an_answer_is_kept_while_its_executable_stands(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;
    const char *executable = folder_path(state, "versions/python");
    const char *answer =
        wf_arena_strdup(&w.arena, with(&w, "/opt/python3.12", executable));

    folder_put(state, "versions/python", "one");
    put_program(state, "root/shims/python3",
                wf_arena_printf(&w.arena,
                                "#!/bin/sh\n# pyenv\nprintf x >> asked\n"
                                "echo 'wheelpack-python:%s'\n",
                                answer));
    for (int i = 0; i < 2; i++)
        assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 1);
    folder_put(state, "versions/python", "another");
    for (int i = 0; i < 2; i++)
        assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 2);
    w.asked.cache_dir = NULL;
    assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 3);
    /* A folder that cannot be made is as none. */
    w.asked.cache_dir = "/dev/null/cache";
    assert_true(probe_one(&w, &probe, "root/shims/python3"));
    assert_int_equal(times_asked(state), 4);
    wf_arena_clear(&w.arena);
}

static void
many_are_asked_side_by_side(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probes[20] = { 0 };

    /* Each waits until the other has begun: alone, neither would end. */
    for (int i = 0; i < 2; i++)
        put_program(state, i == 0 ? "bin/pa" : "bin/pb",
                    wf_arena_printf(&w.arena,
                                    "#!/bin/sh\n: > %s\n"
                                    "until test -e %s; do sleep 0.01; done\n"
                                    "echo 'wheelpack-python:%s'\n",
                                    i == 0 ? "a" : "b", i == 0 ? "b" : "a", good));
    for (size_t i = 0; i < WF_COUNT(probes); i++)
        probes[i].name = i % 2 == 0 ? "pa" : "pb";
    assert_true(wf_probe_all(probes, WF_COUNT(probes), &w.arena, &w.asked, 5000, &w.err));
    for (size_t i = 0; i < WF_COUNT(probes); i++)
        assert_int_equal(probes[i].result, WF_PROBE_FOUND);
    wf_arena_clear(&w.arena);
}

static void
a_python_runs_without_the_users_own_packages(void **state)
{
    struct world w = world_of(state);
    struct wf_probe probe;

    pack_set("PYTHONNOUSERSITE=");
    pack_set("OF_THE_TEST=yes");
    put_program(state, "bin/python3",
                wf_arena_printf(&w.arena,
                                "#!/bin/sh\ntest \"$PYTHONNOUSERSITE\" = 1 || exit 3\n"
                                "test \"$OF_THE_TEST\" = yes || exit 4\n"
                                "echo 'wheelpack-python:%s'\n",
                                good));
    assert_true(probe_one(&w, &probe, "python3"));
    assert_int_equal(probe.result, WF_PROBE_FOUND);
    wf_arena_clear(&w.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_python_tells_all_about_itself),
        IN_FOLDER(what_sitecustomize_prints_is_passed_over),
        IN_FOLDER(a_missing_python_is_absent),
        IN_FOLDER(shims_of_what_is_not_installed_are_passed_over),
        IN_FOLDER(programs_that_misbehave_are_named),
        IN_FOLDER(one_that_is_broken_and_that_nobody_named_is_passed_over),
        IN_FOLDER(fields_that_no_python_has_are_refused),
        IN_FOLDER(old_and_odd_pythons_are_recognised),
        IN_FOLDER(every_cut_of_an_answer_is_an_error),
        IN_FOLDER(scripts_are_asked_each_time_but_shims_of_pyenv_once),
        IN_FOLDER(an_answer_is_kept_while_its_executable_stands),
        IN_FOLDER(many_are_asked_side_by_side),
        IN_FOLDER(a_python_runs_without_the_users_own_packages),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    wf_buffer_clear(&pack_said);
    return failed;
}
