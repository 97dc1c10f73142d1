/* What a wheel has to bring along. */
int wpgraft_answer(void);

int
wpgraft_answer(void)
{
    return 42;
}
