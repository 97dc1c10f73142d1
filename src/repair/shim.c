/* shim.c -- the script in place of a program that moved (see shim.h). */
#include "repair/shim.h"

#include <string.h>

/* A Python 2 and 3 string literal: what is not plain ASCII as \xHH of its UTF-8 bytes, put
 * into a bytes literal, since file names are bytes on the systems that have them. */
static void
add_literal(struct wf_buffer *out, const char *text)
{
    wf_buffer_add_str(out, "b\"");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\')
            wf_buffer_printf(out, "\\x%02x", (unsigned char)*c);
        else
            wf_buffer_add_char(out, *c);
    }
    wf_buffer_add_char(out, '"');
}

void
wf_shim_write(struct wf_buffer *out, const char *folder, const char *name)
{
    wf_buffer_add_str(out,
                      "#!python\n"
                      "# Runs the program of this name beside the libraries it needs.\n"
                      "import os\n"
                      "import sys\n"
                      "import sysconfig\n"
                      "\n"
                      "folder = ");
    add_literal(out, folder);
    wf_buffer_add_str(out, "\nname = ");
    add_literal(out, name);
    wf_buffer_add_str(
        out, "\n"
             "encoding = sys.getfilesystemencoding() or \"utf-8\"\n"
             "places = list(sys.path) + [sysconfig.get_path(\"platlib\")]\n"
             "for place in places:\n"
             "    if not isinstance(place, bytes):\n"
             "        place = place.encode(encoding, \"surrogateescape\"\n"
             "                             if sys.version_info[0] > 2 else \"strict\")\n"
             "    program = os.path.join(place, folder, name)\n"
             "    if os.path.isfile(program):\n"
             "        os.execv(program, [program] + sys.argv[1:])\n"
             "sys.exit(\"%s: %s/%s is in none of the folders Python looks in\"\n"
             "         % (sys.argv[0], folder.decode(\"utf-8\", \"replace\"),\n"
             "            name.decode(\"utf-8\", \"replace\")))\n");
}
