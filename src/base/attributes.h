/* attributes.h -- compiler attributes by the names this project uses. */
#ifndef WF_BASE_ATTRIBUTES_H
#define WF_BASE_ATTRIBUTES_H

#if defined(__GNUC__)
#define WF_MUST_USE          __attribute__((warn_unused_result))
#define WF_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define WF_NORETURN          __attribute__((noreturn))
#else
#define WF_MUST_USE
#define WF_PRINTF(fmt, args)
#define WF_NORETURN
#endif

/* WF_COUNT is the number of elements of an array (never of a pointer). */
#define WF_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
