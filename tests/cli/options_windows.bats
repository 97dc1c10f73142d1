#!/usr/bin/env bats
# Options for Windows wheels: which are known, checked, and for which wheels.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

windows=demo-1.0-cp311-cp311-win_amd64.whl
linux=demo-1.0-cp311-cp311-linux_x86_64.whl

@test "every option of delvewheel repair is known by its names" {
    claims win_amd64
    mkdir libs more
    fine repair --add-path "libs;more" --include a.dll --exclude b.dll --ignore-existing \
        --analyze-existing --analyze-existing-exes -v -w out --no-mangle c.dll \
        --with-mangle --strip -L .bundled --namespace-pkg one.two --include-symbols \
        --include-imports "$windows"
    cmp "$windows" "out/$windows"
    fine repair --add-dll a.dll --no-dll b.dll --ignore-in-wheel --no-mangle-all \
        --custom-patch --wheel-dir out --lib-sdir .bundled "$windows"
    fine repair --no-diagnostic -vv -w out "$windows"
}

@test "every option of delvewheel show is known by its names" {
    claims win_amd64
    mkdir libs
    fine show --add-path libs --include a.dll --ignore-existing --analyze-existing \
        --analyze-existing-exes -v "$windows"
    fine show --add-dll a.dll --no-dll 'b*.dll' --ignore-in-wheel "$windows"
    has "$output" "no native code"
}

@test "options that delvewheel hides are ignored with a note, or refused with the reason" {
    claims win_amd64
    for command in "show" "repair -w out"; do
        # shellcheck disable=SC2086 # several words
        run --separate-stderr "$WHEELFIX" $command --extract-dir here "$windows"
        [ "$status" -eq 0 ]
        is "$stderr" "wheelfix: note: --extract-dir is ignored: wheels are not unpacked"
        # shellcheck disable=SC2086 # several words
        wrong "--test is for the tests of delvewheel itself, and wheelfix has no such paths to force" \
            $command --test header_space "$windows"
    done
    [ ! -e here ]
    run "$WHEELFIX" help repair
    for word in --extract-dir --test --no-diagnostic; do lacks "$output" "$word"; done
}

@test "what cibuildwheel runs is accepted as it stands" {
    claims win_amd64
    fine repair -w out "$windows"
    cmp "$windows" "out/$windows"
}

@test "lists are split at semicolons and colons on every host" {
    claims win_amd64
    for option in exclude no-dll include add-dll no-mangle; do
        for list in 'a.dll;b.dll' a.dll:b.dll ';a.dll;:' ''; do
            fine repair -w out "--$option=$list" "$windows"
        done
        wrong "--$(canonical $option) takes names of DLLs for Windows wheels, not \"\\\\b.dll\"" \
            repair "--$option=a.dll;C:\\b.dll" "$windows"
        wrong "--$(canonical $option) takes names of DLLs for Windows wheels, not \"lib/b.dll\"" \
            repair "--$option=a.dll:lib/b.dll" "$windows"
    done
    wrong "--include b.dll and --exclude b.dll contradict each other" \
        repair --include 'a.dll;b.dll' --exclude 'c.dll:b.dll' "$windows"
    run --separate-stderr "$WHEELFIX" repair -w out --lib-path 'one;two:three' "$windows"
    is "$stderr" "wheelfix: warning: --lib-path one: no such folder
wheelfix: warning: --lib-path two: no such folder
wheelfix: warning: --lib-path three: no such folder"
}

# The name that errors give an option.
canonical() {
    case $1 in
    no-dll) echo exclude ;;
    add-dll) echo include ;;
    *) echo "$1" ;;
    esac
}

@test "what is to be bundled is named in full" {
    claims win_amd64
    claims linux_x86_64
    for pattern in 'lib*.dll' 'foo?.dll' '*'; do
        for command in show repair; do
            wrong "--include takes whole names of DLLs for Windows wheels, no patterns, not \"$pattern\"" \
                $command --add-dll "a.dll;$pattern" "$windows"
        done
        # It is one of another system's wheel.
        fine repair -w out --include "$pattern" "$linux" "$windows"
        rm -r out
    done
    fine repair -w out --exclude '*' --no-mangle 'lib*.dll;foo?.dll' "$windows"
}

@test "a list with paths is fine when some wheel is not for Windows" {
    claims win_amd64
    claims linux_x86_64
    fine repair -w out --exclude '/usr/lib/*' "$linux" "$windows"
    wrong '--exclude takes names of DLLs for Windows wheels, not "/usr/lib/*"' \
        repair -w out --exclude '/usr/lib/*' "$windows"
}

@test "what is to be bundled and to be left out is refused, whatever the case" {
    claims win_amd64
    wrong "--include Foo.DLL and --exclude foo* contradict each other" \
        repair --include Foo.DLL --exclude 'foo*' "$windows"
    wrong "--include foo.dll and --exclude FOO.dll contradict each other" \
        show --add-dll foo.dll --no-dll FOO.dll "$windows"
    fine repair -w out --include foo.dll --exclude 'foo' "$windows"
}

@test "options that exclude each other are refused" {
    claims win_amd64
    wrong "--with-mangle and --no-mangle-all contradict each other" \
        repair --ignore-existing --with-mangle --no-mangle-all "$windows"
    wrong "--with-mangle and --no-search-wheel contradict each other" \
        repair --with-mangle --no-search-wheel "$windows"
    for command in show repair; do
        wrong "--ignore-existing and --no-search-wheel contradict each other" \
            $command --ignore-in-wheel --no-search-wheel "$windows"
    done
    wrong "--custom-patch has the places of the patch marked in the files, so --namespace-pkg says nothing beside it" \
        repair --custom-patch --namespace-pkg corp "$windows"
    fine repair -w out --with-mangle "$windows"
    fine repair -w out --custom-patch --namespace-pkg '' "$windows"
}

@test "names of namespaces are those of packages" {
    claims win_amd64
    for names in corp corp.tools 'corp;tools' corp:tools._x1 größe; do
        fine repair -w out --namespace-pkg "$names" "$windows"
    done
    for name in .corp corp. corp..tools corp/tools 1corp corp-tools 'corp tools' corp.1 $'\xff'; do
        run --separate-stderr "$WHEELFIX" repair --namespace-pkg "x;$name" "$windows"
        [ "$status" -eq 2 ] || { echo "$name" >&2; return 1; }
        has "${stderr_lines[0]}" "wheelfix: --namespace-pkg takes names of packages, such as corp.tools, not \""
    done
}

@test "releases of Windows are four" {
    claims win_amd64
    for release in 7 8.1 10 11; do
        fine repair -w out --windows-min $release "$windows"
        fine show --windows-min=$release "$windows"
    done
    for release in 8 10.0 XP Windows ''; do
        for command in show repair tree; do
            run --separate-stderr "$WHEELFIX" $command "--windows-min=$release" "$windows"
            [ "$status" -eq 2 ] || { echo "$command $release" >&2; return 1; }
            has "${stderr_lines[0]}" \
                "wheelfix: --windows-min takes 7|8.1|10|11, not \"$release\""
        done
    done
}

@test "-L takes what a folder on Windows may be called" {
    claims win_amd64
    claims linux_x86_64
    for suffix in .libs -bundled _x; do fine repair -w out -L $suffix "$windows"; done
    for suffix in 'a*' 'a?' 'a<b' 'a>' 'a|b' 'a"b' 'a.' 'a '; do
        wrong "--lib-sdir takes the end of a folder's name on Windows, not \"$suffix\"" \
            repair -L "$suffix" "$windows"
    done
    for suffix in a/b a:b .dist-info x.data ''; do
        wrong "--lib-sdir takes the end of a folder's name, not \"$suffix\"" \
            repair -L "$suffix" "$windows"
    done
    wrong '--lib-sdir takes the end of a folder'"'"'s name, not "a\\b"' repair -L 'a\b' "$windows"
    fine repair -w out -L a. "$linux"
}

@test "an option that means something for Windows only is an error without such a wheel" {
    claims win_amd64
    claims linux_x86_64
    for words in --ignore-existing --analyze-existing --analyze-existing-exes \
        --no-search-wheel --use-path --windows-min=7 --no-mangle-all --with-mangle \
        --namespace-pkg=corp --custom-patch --include-symbols --include-imports; do
        wrong "${words%%=*} means something for Windows wheels only, and none of them was given" \
            repair -w out "$words" "$linux"
        fine repair -w out "$words" "$windows" "$linux"
        rm -rf out
    done
    for words in --ignore-existing --analyze-existing --analyze-existing-exes \
        --no-search-wheel --use-path --windows-min=7 --include=a.dll; do
        wrong "${words%%=*} means something for Windows wheels only, and none of them was given" \
            show "$words" "$linux"
        fine show "$words" "$windows"
    done
    wrong "--check-archs means something for macOS wheels only, and none of them was given" \
        repair --check-archs "$windows"
    wrong "--clear-exec-stack means something for Linux wheels only, and none of them was given" \
        repair --clear-exec-stack "$windows"
    [ ! -e out ]
}
