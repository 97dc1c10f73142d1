/* wheel_file_write.c -- WHEEL of a new wheel ("Binary distribution format", PyPA). */
#include <string.h>

#include "wheel/metadata.h"

/* Takes the next word of a dot-joined set off *rest. */
static bool
take_word(struct wf_bytes *word, struct wf_bytes *rest)
{
    const uint8_t *dot = memchr(rest->data, '.', rest->len);
    const size_t len = dot == NULL ? rest->len : (size_t)(dot - rest->data);

    if (rest->len == 0)
        return false;
    *word = wf_bytes_first(*rest, len);
    *rest = wf_bytes_skip(*rest, len + (dot != NULL));
    return true;
}

static void
write_tags(struct wf_buffer *out, struct wf_bytes python, struct wf_bytes abis,
           const struct wf_strings *platforms)
{
    struct wf_bytes abi = { 0 };

    while (take_word(&abi, &abis)) {
        for (size_t i = 0; i < platforms->num; i++) {
            wf_buffer_add_str(out, "Tag: ");
            wf_buffer_add(out, python.data, python.len);
            wf_buffer_add_char(out, '-');
            wf_buffer_add(out, abi.data, abi.len);
            wf_buffer_printf(out, "-%s\n", platforms->items[i]);
        }
    }
}

void
wf_wheel_file_write(struct wf_buffer *out, const char *generator, const char *python_abi,
                    const struct wf_strings *platforms)
{
    const size_t dash = strcspn(python_abi, "-");
    struct wf_bytes pythons = wf_bytes_of(python_abi, dash);
    const struct wf_bytes abis =
        wf_bytes_str(python_abi[dash] == '-' ? python_abi + dash + 1 : "");
    struct wf_bytes python = { 0 };

    wf_buffer_printf(out, "Wheel-Version: 1.0\nGenerator: %s\nRoot-Is-Purelib: false\n",
                     generator);
    while (take_word(&python, &pythons))
        write_tags(out, python, abis, platforms);
}
