import { gnssNmeaSimulator } from './gnss-nmea/simulator.ts';
import type { SimulatorModel } from './kit/simulator/simulated-device.ts';
import { lockRelaySimulator } from './lock-relay/simulator.ts';
import { modbusSimulator } from './modbus/simulator.ts';
import { printerEscposSimulator } from './printer-escpos/simulator.ts';
import { scaleHidSimulator } from './scale-hid/simulator.ts';
import { scaleSicsSimulator } from './scale-sics/simulator.ts';
import { scannerHidSimulator } from './scanner-hid/simulator.ts';
import { scannerSerialSimulator } from './scanner-serial/simulator.ts';

/** A simulator for every driver family, by listing. */
export const simulatorModels: readonly SimulatorModel[] = [
  gnssNmeaSimulator,
  lockRelaySimulator,
  modbusSimulator,
  printerEscposSimulator,
  scaleHidSimulator,
  scaleSicsSimulator,
  scannerHidSimulator,
  scannerSerialSimulator,
];
