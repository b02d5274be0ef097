# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for proof
_proof()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    local shared='--local --models --quiet --verbose --help'
    local checking="--language --level --variant --disable --words --max-candidates $shared"
    local options

    case $prev in
    --level) mapfile -t COMPREPLY < <(compgen -W 'careful default thorough' -- "$cur") && return ;;
    --variant) mapfile -t COMPREPLY < <(compgen -W 'any us gb' -- "$cur") && return ;;
    --format | -f)
        mapfile -t COMPREPLY < <(compgen -W 'plain markdown html latex rst commit' -- "$cur")
        return
        ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur") && return ;;
    --models) mapfile -t COMPREPLY < <(compgen -d -- "$cur") && return ;;
    esac
    case $command in
    batch) options="--jobs $checking" ;;
    score) options="--language $shared" ;;
    words) options="list add remove import $shared" ;;
    status) options="--json $shared" ;;
    explain)
        options="--html --json --format --color $checking"
        [[ $cur == -* ]] || options+=" $(proof explain 2>/dev/null | cut -d ' ' -f 1)"
        ;;
    help) options='check batch score explain words status' ;;
    *)
        options="--json --sarif --gnu --fix --diff --kind --format --color --version $checking"
        if ((COMP_CWORD == 1)); then
            options+=' check batch score explain words status help'
        fi
        ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
    if [[ $cur != -* && $command != batch && $command != status ]]; then
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -o filenames -F _proof proof
