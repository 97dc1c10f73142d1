#!/usr/bin/env bats
# `wheelpack pack`: wheels of files that are there already.
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

project() {
    printf '[project]\nname = "My.Demo"\nversion = "1.0-1"\n' >pyproject.toml
    printf '%s\n' "$@" >>pyproject.toml
}

wheel=dist/my_demo-1.0.post1-py3-none-any.whl

@test "modules keep their names or get a place, and folders come whole without bytecode" {
    project
    mkdir -p pkg/sub pkg/__pycache__
    echo 1 >one.py
    echo 2 >pkg/sub/two.py
    echo 3 >pkg/__pycache__/x.cpython-311.pyc
    run --separate-stderr "$WHEELPACK" pack --module one.py --module one.py=other/uno.py --module pkg
    is "$status" 0
    is "$output" "$PWD/$wheel"
    is "$stderr" ""
    run members "$wheel"
    is "$output" "one.py
other/uno.py
pkg/sub/two.py
my_demo-1.0.post1.dist-info/METADATA
my_demo-1.0.post1.dist-info/WHEEL
my_demo-1.0.post1.dist-info/RECORD"
}

@test "scripts and data go to where installers look for them, and scripts can be run" {
    project
    echo '#!python' >tool
    mkdir -p things/data/share/man things/headers
    echo m >things/data/share/man/m
    echo h >things/headers/h.h
    "$WHEELPACK" pack --script tool --data things
    run members "$wheel"
    has "$output" "my_demo-1.0.post1.data/scripts/tool"
    has "$output" "my_demo-1.0.post1.data/data/share/man/m"
    has "$output" "my_demo-1.0.post1.data/headers/h.h"
    run python3 -c "import zipfile
for m in zipfile.ZipFile('$wheel').infolist(): print(oct(m.external_attr >> 16), m.filename)"
    has "$output" "0o100755 my_demo-1.0.post1.data/scripts/tool"
    has "$output" "0o100644 my_demo-1.0.post1.data/headers/h.h"
}

@test "METADATA is what [project] says, with its readme and licences" {
    project 'description = "d"' 'readme = "R.md"' 'license = "MIT"' \
        'dependencies = ["Other_Thing >= 2"]' '[project.scripts]' 'my = "one:main"'
    echo '# Title' >R.md
    echo L >LICENSE
    echo 1 >one.py
    "$WHEELPACK" pack --module one.py
    run member "$wheel" my_demo-1.0.post1.dist-info/METADATA
    is "$output" "Metadata-Version: 2.4
Name: My.Demo
Version: 1.0.post1
Requires-Dist: other-thing>=2
License-File: LICENSE
Summary: d
License-Expression: MIT
Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM

# Title"
    run member "$wheel" my_demo-1.0.post1.dist-info/entry_points.txt
    is "$output" "[console_scripts]
my=one:main"
    run member "$wheel" my_demo-1.0.post1.dist-info/licenses/LICENSE
    is "$output" L
}

@test "the tag is that of the files, or the one that is given" {
    project
    "$builddir/tests/support/mkelf" '{ "machine": "x86_64", "needed": ["libc.so.6"] }' >lib.so
    run "$WHEELPACK" pack --module lib.so
    is "$status" 0
    has "$output" "my_demo-1.0.post1-py3-none-linux_x86_64.whl"
    run "$WHEELPACK" pack --module lib.so --tag cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64
    has "$output" "my_demo-1.0.post1-cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
    run member "${output##*$'\n'}" my_demo-1.0.post1.dist-info/WHEEL
    has "$output" "Tag: cp39-abi3-manylinux2014_x86_64
Tag: cp39-abi3-manylinux_2_17_x86_64"
    run "$WHEELPACK" pack --module lib.so --tag any
    is "$status" 2
    has "$output" 'wheelpack: --tag takes PYTHON-ABI-PLATFORM such as py3-none-any, not "any"'
}

@test "what stands in the way is one line, and nothing is left" {
    run "$WHEELPACK" pack --module one.py
    is "$status" 1
    is "$output" "wheelpack: $PWD/pyproject.toml: cannot be opened: No such file or directory"
    echo 'x = 1' >pyproject.toml
    run "$WHEELPACK" pack --module one.py
    is "$output" "wheelpack: $PWD/pyproject.toml: there is no [project]; its name and version are needed"
    printf '[project]\nname = "a"\ndynamic = ["version"]\n' >pyproject.toml
    run "$WHEELPACK" pack --module one.py
    is "$output" "wheelpack: $PWD/pyproject.toml: line 3, column 11: project.dynamic lists something, and there is no Cargo.toml to take it from: say it in [project]"
    printf '[project]\nname = "a"\n' >pyproject.toml
    run "$WHEELPACK" pack --module one.py
    is "$output" "wheelpack: $PWD/pyproject.toml: line 1: [project] has no version; one must stand there"
    project
    run "$WHEELPACK" pack
    is "$status" 2
    has "$output" "wheelpack: nothing to pack: name files with --module, --script or --data"
    run "$WHEELPACK" pack --module one.py
    is "$status" 1
    is "$output" "wheelpack: --module: there is no file $PWD/one.py"
    run "$WHEELPACK" pack --script one.py
    is "$output" "wheelpack: --script: there is no file $PWD/one.py"
    mkdir -p things/lib
    run "$WHEELPACK" pack --data things
    is "$output" "wheelpack: --data: $PWD/things has \"lib\" in it; purelib, platlib, headers, scripts and data are what can be installed"
    echo 1 >one.py
    run "$WHEELPACK" pack --module one.py=../one.py
    is "$status" 1
    run "$WHEELPACK" pack --module one.py=any-1.0.dist-info/RECORD
    is "$output" 'wheelpack: --module: "any-1.0.dist-info/RECORD" is no place for a module: metadata comes from [project]'
    run "$WHEELPACK" pack --module one.py=my_demo-1.0.post1.data
    is "$output" 'wheelpack: --module: "my_demo-1.0.post1.data" is no place for a module: --script and --data put files there'
    run "$WHEELPACK" pack --module one.py --module pyproject.toml=one.py
    is "$status" 1
    [ ! -e dist ]
}

@test "the same files make the same wheel, whenever and wherever" {
    project
    mkdir -p pkg elsewhere
    for i in 1 2 3 4 5; do echo "$i" >"pkg/m$i.py"; done
    "$WHEELPACK" pack --module pkg -o first
    touch -d '2001-01-01' pkg/*
    cp -r pkg pyproject.toml elsewhere
    cd elsewhere
    "$WHEELPACK" pack --module pkg -o ../second
    cmp ../first/*.whl ../second/*.whl
    SOURCE_DATE_EPOCH=1600000000 "$WHEELPACK" pack --module pkg -o ../third
    run cmp -s ../first/*.whl ../third/*.whl
    is "$status" 1
}

@test "pip installs what was packed, and wheelfix has nothing against it" {
    project
    echo '#!python
print("hello")' >hello
    echo 'answer = 42' >one.py
    environment
    "$WHEELPACK" pack --module one.py --script hello
    pip install -q "$wheel"
    is "$(env/bin/hello)" hello
    is "$(env/bin/python -c 'import one; print(one.answer)')" 42
    run "$WHEELFIX" show --check-hashes --fail-on failure "$wheel"
    is "$status" 0
}
