export { type Tls } from '../stores/memcached/connection';
export { EnvironmentError } from '../variables';
export { type StorableValue } from './encoding';
export { type StoreOptions, type ValuesOptions, type ValuesSettings } from './options';
export { Values } from './values';
export { ValuesError, type ValuesErrorReason } from './values-error';
