#!/bin/sh
# What tests/check_repair_faults.sh asks of a repair for Linux, asked of `wheelfix repair` for a wheel for Windows.
# Beyond planning they share all that is asked, so fewer calls fail here.
FAULTS_OF=windows FAULTS_STEP=${FAULTS_STEP:-9} FAULTS_MALLOC_STEP=${FAULTS_MALLOC_STEP:-97}
FAULTS_MOMENTS=${FAULTS_MOMENTS:-30}
export FAULTS_OF FAULTS_STEP FAULTS_MALLOC_STEP FAULTS_MOMENTS
exec sh "$(dirname "$0")/check_repair_faults.sh"
