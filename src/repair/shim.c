/* shim.c -- the script in place of a program that moved (see shim.h). */
#include "repair/shim.h"

/* A literal of bytes, which Python 2.7 and 3 read alike; file names are bytes on the systems
 * that have them, so what is not plain ASCII stands as \xHH. */
static void
add_literal(struct wf_buffer *out, const char *text)
{
    wf_buffer_add_str(out, "b\"");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
            wf_buffer_printf(out, "\\x%02x", (unsigned)(unsigned char)*c);
        else
            wf_buffer_add_char(out, *c);
    }
    wf_buffer_add_char(out, '"');
}

static const char head[] =
    "#!python\n"
    "# Runs the program of this name that stands beside the libraries it needs.\n"
    "import os\n"
    "import signal\n"
    "import sys\n"
    "\n";

/* sysconfig is imported late: most often sys.path is enough.  The folders beside the script
 * are for `pip install --prefix`, whose site-packages lie to bin as those of this Python do,
 * and `--target`, where bin is in the folder itself. */
static const char search[] =
    "\n"
    "\n"
    "def places():\n"
    "    for place in sys.path:\n"
    "        yield place\n"
    "    import sysconfig\n"
    "    platlib = sysconfig.get_path(\"platlib\")\n"
    "    yield platlib\n"
    "    scripts = os.path.dirname(os.path.realpath(__file__))\n"
    "    yield os.path.join(scripts, os.path.relpath(platlib, "
    "sysconfig.get_path(\"scripts\")))\n"
    "    yield os.path.dirname(scripts)\n"
    "\n"
    "\n"
    "def encode(path):\n"
    "    if isinstance(path, bytes):\n"
    "        return path\n"
    "    if hasattr(os, \"fsencode\"):\n"
    "        return os.fsencode(path)\n"
    "    return path.encode(sys.getfilesystemencoding() or \"utf-8\", \"replace\")\n"
    "\n"
    "\n"
    "# Python ignores these two, and what it runs would inherit that.\n"
    "for ignored in (\"SIGPIPE\", \"SIGXFSZ\"):\n"
    "    if hasattr(signal, ignored):\n"
    "        signal.signal(getattr(signal, ignored), signal.SIG_DFL)\n"
    "\n"
    "for place in places():\n"
    "    path = os.path.join(encode(place), program)\n"
    "    if os.path.isfile(path):\n"
    "        os.execv(path, [path] + sys.argv[1:])\n"
    "\n"
    "if not isinstance(program, str):\n"
    "    program = program.decode(\"utf-8\", \"replace\")\n"
    "sys.exit(\"%s: %s is in none of the folders Python looks in\" "
    "% (sys.argv[0], program))\n";

void
wf_shim_write(struct wf_buffer *out, const char *folder, const char *name)
{
    wf_buffer_add_str(out, head);
    wf_buffer_add_str(out, "program = os.path.join(");
    add_literal(out, folder);
    wf_buffer_add_str(out, ", ");
    add_literal(out, name);
    wf_buffer_add_str(out, ")\n");
    wf_buffer_add_str(out, search);
}
