// The kinds of explorer there are, by the name that Python's half gives.

import { neuron } from "./neuron.js";

export const views = { neuron };
