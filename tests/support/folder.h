/* folder.h -- a folder of its own for each test, gone when the test is over. */
#ifndef WF_TESTS_FOLDER_H
#define WF_TESTS_FOLDER_H

/* Setup and teardown functions for cmocka: *state is the folder's path. */
int folder_setup(void **state);
int folder_teardown(void **state);

/* folder_path is "FOLDER/name", in one of a few buffers that take turns. */
const char *folder_path(void **state, const char *name);

/* folder_write makes a file with that text, folder_make a folder, folder_link a link. */
void folder_write(void **state, const char *name, const char *text);
void folder_make(void **state, const char *name);
void folder_link(void **state, const char *name, const char *target);

/* folder_put makes a file, too, and folder_tree a folder, with the folders above. */
void folder_put(void **state, const char *name, const char *text);
void folder_tree(void **state, const char *name);

/* folder_count is how many entries the folder has, hidden ones included. */
int folder_count(void **state);

/* IN_FOLDER is a case of cmocka that has such a folder. */
#define IN_FOLDER(test)                                                                  \
    cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

#endif
