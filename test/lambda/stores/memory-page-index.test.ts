import { MemoryPageIndex } from '../../../lambda/stores/memory-page-index';
import { pageIndexTests } from './page-index-suite';

pageIndexTests('memory', () => Promise.resolve(new MemoryPageIndex()));
