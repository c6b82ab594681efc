// Speaks lists of texts with random speakers of the gnuspeech tube model: node gnuspeech.mjs NODE_MODULES SAY.json DICT OUT
// writes OUT.SPEAKER.TEXT.raw, 16 bit, 44.1 kHz. An own small dictionary replaces the package's (which takes seconds a word).
import fs from 'fs'
import path from 'path'
const [, , modules, say, dictionary, out] = process.argv
const load = name => import(path.resolve(modules, name))
const { default: init } = await load('@echogarden/gnuspeech-wasm/wasm/gnuspeech.js')
const { wrapEmscriptenModuleHeap } = await load('wasm-heap-manager/dist/exports/Exports.js')
const { defaultTrmControlModelFileContent: control } = await load('@echogarden/gnuspeech-wasm/dist/utilities/DefaultTrmControlModel.js')

let state = 7919
function random() {  // mulberry32
  state = (state + 0x6D2B79F5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
const between = (a, b) => a + (b - a) * random()
const set = (text, values) => Object.entries(values).reduce((t, [k, v]) => t.replace(new RegExp(`^${k} = .*$`, 'm'), `${k} = ${v}`), text)

const module = await init()
const memory = wrapEmscriptenModuleHeap(module)
module.FS.writeFile('/data/en/MainDictionary.txt', fs.readFileSync(dictionary))
const base = module.FS.readFile('/data/en/voice_male.txt', { encoding: 'utf8' })
const [wave, folder, parameters] = ['/o.wav', '/data/en', '/p.txt'].map(x => memory.allocNullTerminatedUtf8String(x))

JSON.parse(fs.readFileSync(say)).forEach((texts, speaker) => {
  const length = between(12.8, 18.8)
  const voice = { vocal_tract_length: length.toFixed(2), glottal_pulse_tp: between(32, 46).toFixed(1),
    glottal_pulse_tn_min: between(14, 28).toFixed(1), glottal_pulse_tn_max: between(28, 38).toFixed(1),
    breathiness: between(.3, 5).toFixed(2), reference_glottal_pitch: (2 * (18.8 - length) - 12 + between(-3, 3)).toFixed(2) }
  for (let i = 1; i <= 8; i++) voice[`radius_${i}_coef`] = between(.85, 1.15).toFixed(3)
  module.FS.writeFile('/data/en/voice_male.txt', set(base, voice))
  texts.forEach((text, i) => {
    if (i % 30 === 0) module.FS.writeFile('/data/en/trm_control_model.txt', set(control, { tempo: between(.75, 1.35).toFixed(2),
      pitch_offset: between(-6, -2).toFixed(1), notional_pitch: between(0, 4).toFixed(1), tonic_range: between(-10, 6).toFixed(1) }))
    const ref = memory.allocNullTerminatedUtf8String(text)
    module._GnuSpeech_synthesizeToFile(ref.address, wave.address, folder.address, parameters.address, false)
    fs.writeFileSync(`${out}.${speaker}.${i}.raw`, module.FS.readFile('/o.wav').subarray(44))
    ref.free()
  })
  console.log(`gnuspeech speaker ${speaker}, tract ${length.toFixed(1)} cm`)
})
