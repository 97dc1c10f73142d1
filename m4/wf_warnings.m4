# WF_ADD_FLAGS(VARIABLE, FLAGS): append each flag of FLAGS to VARIABLE that the compiler
# takes without complaint.  -Werror turns clang's "unknown warning option" into a no.
AC_DEFUN([WF_ADD_FLAGS], [
  for wf_flag in m4_normalize([$2]); do
    AC_MSG_CHECKING([whether $CC takes $wf_flag])
    wf_saved_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror $wf_flag"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); $1="$$1 $wf_flag"],
      [AC_MSG_RESULT([no])])
    CFLAGS=$wf_saved_cflags
  done
])
