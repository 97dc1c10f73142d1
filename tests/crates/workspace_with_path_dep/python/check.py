import workspace_with_path_dep as m

assert m.get_42() == 42
