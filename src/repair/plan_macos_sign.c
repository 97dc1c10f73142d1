/* plan_macos_sign.c -- which slices get an ad-hoc signature (delocate-macho.md 4.6): a Mac
 * with Apple's processor runs no other code, and none runs code whose signature is stale. */
#include "object/macho_sign.h"

#include "repair/plan_macos_parts.h"

static bool
is_arm(const struct wf_object *object)
{
    return object->arch == WF_ARCH_AARCH64;
}

/* An unsigned slice for x86_64 stays so: it is loaded, and a signature would cost 16 bytes
 * of its header. */
enum wf_macho_sign
wf_mac_sign_edited(const struct wf_planning *planning, const struct wf_mac_slice *slice)
{
    return is_arm(slice->object) || slice->object->macho->has_signature ||
                   planning->options->sign_always
               ? WF_MACHO_SIGN
               : WF_MACHO_SIGN_KEEP;
}

bool
wf_mac_needs_signature(struct wf_arena *arena, const struct wf_mac_slice *slice,
                       const char **why)
{
    const struct wf_macho *macho = slice->object->macho;

    if (macho->has_signature && macho->signature.fault != NULL)
        *why =
            wf_arena_printf(arena, "its signature was not valid (%s), and is made anew",
                            macho->signature.fault);
    else if (!macho->has_signature && is_arm(slice->object))
        *why = "it had no signature, which its processor asks for";
    else
        return false;
    return true;
}

static void
refuse(struct wf_mac_layout *layout, const struct wf_mac_file *file,
       const struct wf_mac_slice *slice)
{
    struct wf_arena *arena = layout->planning->arena;

    wf_plan_refuse(layout->planning,
                   &(struct wf_refusal){
                       .kind = WF_REFUSE_SIGN,
                       .object = file->path,
                       .text = wf_arena_printf(
                           arena, "%s must be changed, and cannot be signed then: %s",
                           wf_mac_where(arena, file->path, slice->object),
                           slice->object->macho->why_not_signable),
                       .advice = "build it again, or leave it out",
                   });
}

void
wf_mac_note_signing(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                    const struct wf_mac_slice *slice)
{
    const struct wf_macho_signature *old = &slice->object->macho->signature;
    struct wf_arena *arena = layout->planning->arena;
    const char *where = wf_mac_where(arena, file->path, slice->object);

    if (slice->edit.sign != WF_MACHO_SIGN)
        return;
    if (slice->object->macho->why_not_signable != NULL)
        refuse(layout, file, slice);
    if (old->kind == WF_MACHO_SIGNED)
        wf_plan_note(layout->planning, "signature-identity-lost", WF_WARNING, where,
                     "was signed by %s%s, and is signed ad hoc now: sign the wheel's "
                     "files again if that matters",
                     old->team == NULL ? "somebody's certificate" : "the team ",
                     old->team == NULL ? "" : old->team);
    if (old->has_entitlements)
        wf_plan_note(layout->planning, "signature-entitlements-lost", WF_WARNING, where,
                     "loses the entitlements of its old signature");
}
