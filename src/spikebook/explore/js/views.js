// The kinds of explorer there are, by the name that Python's half gives.

import { activation } from "./activation.js";
import { atlas } from "./atlas.js";
import { axon } from "./axon.js";
import { bombardment } from "./bombardment.js";
import { clampRig } from "./clamp_rig.js";
import { composer } from "./composer.js";
import { lightBench } from "./light_bench.js";
import { membrane } from "./membrane.js";
import { network } from "./network.js";
import { neuron } from "./neuron.js";
import { noiseExperiment } from "./noise_experiment.js";
import { pairedPulses } from "./paired_pulses.js";
import { phasePlane } from "./phase_plane.js";
import { plasticity } from "./plasticity.js";
import { race } from "./race.js";

export const views = {
  activation,
  atlas,
  axon,
  bombardment,
  clamp_rig: clampRig,
  composer,
  light_bench: lightBench,
  membrane,
  network,
  neuron,
  noise_experiment: noiseExperiment,
  paired_pulses: pairedPulses,
  phase_plane: phasePlane,
  plasticity,
  race,
};
