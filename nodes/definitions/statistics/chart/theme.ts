import type { Color } from './canvas';

export type ThemeName = 'light' | 'dark';

export interface Theme {
  background: Color;
  text: Color;
  /** For what stands back: axes, subtitles. */
  muted: Color;
  grid: Color;
  /** Told apart by people with the usual kinds of colour blindness as well, the first ones best. */
  series: readonly Color[];
}

export const THEMES: Record<ThemeName, Theme> = {
  light: {
    background: '#ffffff',
    text: '#1c2530',
    muted: '#5b6876',
    grid: '#e5e9ee',
    series: [
      '#2563eb',
      '#ea7a0b',
      '#0d9488',
      '#c026a3',
      '#6d4fd8',
      '#5c8a12',
      '#dc2626',
      '#64748b',
    ],
  },
  dark: {
    background: '#161b22',
    text: '#e6edf3',
    muted: '#9aa7b5',
    grid: '#2b333d',
    series: [
      '#60a5fa',
      '#fbaf4a',
      '#2dd4bf',
      '#f07ad8',
      '#a78bfa',
      '#a3d14a',
      '#f87171',
      '#94a3b8',
    ],
  },
};
