/** The OpenAPI document of a server. It does not name its models: everyone may read it. */
import { packageVersion } from '../platform/package-version.js';
import { NUMBERS, PICTURES } from './rows.js';

const json = (schema: object) => ({ 'application/json': { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const integer = { type: 'integer', minimum: 1 };
const bytes = { type: 'string', format: 'binary' };

const refusal = (description: string, again = false) => ({
  description,
  content: json(ref('Error')),
  ...(again && { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } } }),
});

const REFUSALS = {
  401: refusal('No token, or a wrong one'),
  403: refusal('A host or an origin that is not allowed'),
};

/** Statuses with which a request for predictions may be refused. */
const PREDICTION_REFUSALS = {
  400: refusal('Rows that do not fit the model, or a broken body'),
  ...REFUSALS,
  404: refusal('No model of this name'),
  413: refusal('A body, or rows, of more than the limit'),
  415: refusal('A type of bodies that is not read'),
  429: refusal('Too many requests in work', true),
  500: refusal('An error of the server'),
  501: refusal('The server lacks a package for pictures'),
  503: refusal('The server is ending, or the request has waited too long', true),
};

const SCHEMAS = {
  Rows: {
    type: 'object',
    required: ['rows'],
    properties: {
      rows: {
        type: 'array',
        minItems: 1,
        items: {
          oneOf: [
            { type: 'array', items: {} },
            { type: 'object', additionalProperties: true },
          ],
        },
        description: 'Each an array of values in the order of the columns, or an object by column name',
      },
      top: { ...integer, description: 'How many of the most probable classes are told' },
    },
  },
  Class: {
    type: 'object',
    required: ['class', 'probability'],
    properties: {
      class: { oneOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
      probability: { type: 'number', minimum: 0, maximum: 1 },
    },
  },
  Prediction: {
    allOf: [ref('Class'), { type: 'object', properties: { top: { type: 'array', items: ref('Class') } } }],
  },
  Predictions: {
    type: 'object',
    required: ['model', 'predictions'],
    properties: { model: { type: 'string' }, predictions: { type: 'array', items: ref('Prediction') } },
  },
  Model: {
    type: 'object',
    required: ['name', 'inputSize', 'classes', 'loaded'],
    properties: {
      name: { type: 'string' },
      inputSize: integer,
      classes: { type: 'array', items: {} },
      columns: { type: 'array', items: { type: 'object', additionalProperties: true } },
      imageShape: { type: 'object', additionalProperties: true },
      loaded: { type: 'string', format: 'date-time' },
    },
  },
  Error: {
    type: 'object',
    required: ['error'],
    properties: {
      error: {
        type: 'object',
        required: ['code', 'message'],
        properties: { code: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

const PREDICT = {
  summary: 'Predict the class of each row',
  operationId: 'predict',
  security: [{}, { token: [] }],
  parameters: [
    { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
    { name: 'top', in: 'query', schema: integer, description: 'How many of the most probable classes are told' },
    {
      name: 'type',
      in: 'query',
      schema: { type: 'string', enum: Object.keys(NUMBERS), default: 'float32' },
      description: 'What raw bytes are, little endian',
    },
  ],
  requestBody: {
    required: true,
    content: {
      ...json(ref('Rows')),
      'text/csv': { schema: { type: 'string' } },
      'application/octet-stream': { schema: bytes },
      ...Object.fromEntries(PICTURES.map((type) => [type, { schema: bytes }])),
    },
  },
  responses: {
    200: { description: 'Classes and their probabilities', content: json(ref('Predictions')) },
    ...PREDICTION_REFUSALS,
  },
};

const models = { type: 'object', properties: { models: { type: 'array', items: ref('Model') } } };
const status = { type: 'object', properties: { status: { type: 'string' } } };

/** @param prefix - what addresses begin with */
export function openApi(prefix: string): object {
  const get = (summary: string, content: object, further: object = {}) => ({
    get: { summary, responses: { 200: { description: summary, content }, ...further } },
  });
  return {
    openapi: '3.1.0',
    info: { title: 'two-layer-net', version: packageVersion(), description: 'Predictions of two-layer nets' },
    servers: [{ url: prefix === '' ? '/' : prefix }],
    paths: {
      '/v1/models/{name}:predict': { post: PREDICT },
      '/v1/models': get('The models', json(models), REFUSALS),
      '/healthz': get('Whether the server runs', json(status)),
      '/readyz': get('Whether it takes requests', json(status), { 503: refusal('It is ending', true) }),
      '/metrics': get('Counters for Prometheus', { 'text/plain': { schema: { type: 'string' } } }, REFUSALS),
      '/openapi.json': get('This document', json({ type: 'object' })),
      '/': get('A page to try a prediction', { 'text/html': { schema: { type: 'string' } } }),
    },
    components: { schemas: SCHEMAS, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}
