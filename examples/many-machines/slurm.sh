#!/bin/bash
# Agents of a study as an array of Slurm: 50 jobs, of which each runs trials on 4 cores until the study is done.
#
#   sbatch slurm.sh
#
# With --count 1 in place of --exit-when-done, each job of the array runs one trial.
#SBATCH --job-name=two-layer-net
#SBATCH --array=1-50
#SBATCH --cpus-per-task=4
#SBATCH --mem=4G
#SBATCH --time=04:00:00
#SBATCH --signal=B:TERM@60
set -eu

# redis://:PASSWORD@HOST:6379, in a file that only you can read.
export TWO_LAYER_NET_QUEUE="${TWO_LAYER_NET_QUEUE:-$(cat "$HOME/.two-layer-net-queue")}"

# A minute before the time is over Slurm sends SIGTERM to this script, which passes it on: trials go back to the queue.
node node_modules/.bin/two-layer-net study agent --exit-when-done --threads "${SLURM_CPUS_PER_TASK:-4}" &
agent=$!
trap 'kill -TERM "$agent"; wait "$agent"' TERM
wait "$agent"
