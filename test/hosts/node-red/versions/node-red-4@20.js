process.env.ALLEGRO_NODE_RED = '4@20';
