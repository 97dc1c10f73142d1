import sdist_with_path_dep as m

assert m.add(20, 22) == 42
