import python_inverted as m

assert m.add_number(2) == 44
