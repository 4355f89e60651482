export { ensureNamedOption, type Goods, listGoods, type NamedGoods } from './choosing.ts';
export {
  dictionaryKey,
  dropUnusedOptions,
  ensureChannelOptions,
  findChannelOptions,
  type OptionIds,
} from './dictionary.ts';
export { type ChannelText, normaliseText } from './naming.rules.ts';
